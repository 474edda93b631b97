// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    IERC7579Module,
    IERC7579ModuleConfig,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {AccountControl, AccountControlLib} from "../policy/AccountControl.sol";
import {OwnerRoute} from "../policy/OwnerRoute.sol";
import {Epochs} from "./Epochs.sol";
import {ModuleTypes} from "./ModuleTypes.sol";
import {OwnerRoutes} from "./OwnerRoutes.sol";

/// @title Install and uninstall
/// @notice Install data is `moduleType (1) · guardian (20)? · owner route?`, see {OwnerRoutes}; uninstall data begins with
/// the module type. Every install as validator and every uninstall starts a new epoch, so that no key outlives either; an
/// install never fails as a duplicate, because an account may have swallowed a failing uninstall. An install as executor,
/// which mostly follows the one as validator, spares the keys where the account says that the module is its validator
/// right now.
abstract contract Installation is Epochs, OwnerRoutes, ModuleTypes {
    uint256 private constant GUARDIAN_LENGTH = 20;

    /// @inheritdoc IERC7579Module
    function onInstall(bytes calldata data) external override {
        data = _takeRoute(data);
        if (data.length != 1 && data.length != 1 + GUARDIAN_LENGTH) revert InstallDataMalformed(data.length);
        uint256 moduleType = uint8(data[0]);
        if (!isModuleType(moduleType)) revert ModuleTypeUnsupported(moduleType);
        AccountControl control = _controls[msg.sender];
        bool spares;
        if (moduleType == MODULE_TYPE_VALIDATOR) {
            control = control.withValidator(true);
        } else {
            spares = control.isValidator() && _isInstalled(MODULE_TYPE_VALIDATOR);
            control = control.withExecutor(true);
        }
        if (data.length != 1) {
            address guardian = address(bytes20(data[1:]));
            control = control.withGuardian(guardian);
            emit GuardianSet(msg.sender, guardian);
        }
        _setControl(msg.sender, spares ? control : _raisedEpoch(msg.sender, control));
    }

    /// @inheritdoc IERC7579Module
    /// @dev Whatever the data says: uninstalling must not fail, and no key outlives it. Data that names one type leaves the
    /// other installed, and guardian and pause with it, where the account says that it is; else nothing is left but the
    /// account's ceilings: they are not the keys', and forgetting them would give back what was spent.
    function onUninstall(bytes calldata data) external override {
        AccountControl control = _controls[msg.sender];
        uint256 epoch = control.epoch();
        uint256 moduleType = data.length == 0 ? 0 : uint8(data[0]);
        bool validator =
            moduleType == MODULE_TYPE_EXECUTOR && control.isValidator() && _isInstalled(MODULE_TYPE_VALIDATOR);
        bool executor =
            moduleType == MODULE_TYPE_VALIDATOR && control.isExecutor() && _isInstalled(MODULE_TYPE_EXECUTOR);
        AccountControl left = control.ceilingsOnly().withEpoch(epoch);
        // At the last epoch the keys die with the installed flags, and no install can set them again.
        if (epoch != AccountControlLib.MAX_EPOCH) {
            if (validator || executor) left = control.withValidator(validator).withExecutor(executor);
            else _ownerRoutes[msg.sender] = OwnerRoute.wrap(0);
            left = _raisedEpoch(msg.sender, left);
        }
        _setControl(msg.sender, left);
    }

    /// @notice Whether `account` has installed the module, as validator or as executor.
    function isInitialized(address account) external view returns (bool) {
        return _controls[account].isInstalled();
    }

    /// @dev What the calling account says; a revert, no answer or anything but `true` is a no.
    function _isInstalled(uint256 moduleType) private view returns (bool) {
        bytes memory question =
            abi.encodeCall(IERC7579ModuleConfig.isModuleInstalled, (moduleType, address(this), bytes("")));
        bool success;
        uint256 answer;
        // Assembly: reads one word of the answer however long it is, into scratch space, and decodes nothing that could
        // revert.
        assembly ("memory-safe") {
            mstore(0, 0)
            success := staticcall(gas(), caller(), add(question, 32), mload(question), 0, 32)
            success := and(success, gt(returndatasize(), 31))
            answer := mload(0)
        }
        return success && answer == 1;
    }
}
