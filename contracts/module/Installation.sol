// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Module, MODULE_TYPE_VALIDATOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {AccountControl, AccountControlLib} from "../policy/AccountControl.sol";
import {OwnerRoute} from "../policy/OwnerRoute.sol";
import {Epochs} from "./Epochs.sol";
import {OwnerRoutes} from "./OwnerRoutes.sol";

/// @title Install and uninstall
/// @notice Install data is `moduleType (1) · guardian (20)? · owner route?`, see {OwnerRoutes}. Every install as validator and every uninstall starts a new
/// epoch, so that no key outlives either; an install never fails as a duplicate, because an account may have swallowed
/// a failing uninstall.
abstract contract Installation is Epochs, OwnerRoutes, IERC7579Module {
    uint256 private constant GUARDIAN_LENGTH = 20;

    /// @inheritdoc IERC7579Module
    function onInstall(bytes calldata data) external override {
        data = _takeRoute(data);
        if (data.length != 1 && data.length != 1 + GUARDIAN_LENGTH) revert InstallDataMalformed(data.length);
        uint256 moduleType = uint8(data[0]);
        if (!isModuleType(moduleType)) revert ModuleTypeUnsupported(moduleType);
        AccountControl control = _controls[msg.sender].withValidator(true);
        if (data.length != 1) {
            address guardian = address(bytes20(data[1:]));
            control = control.withGuardian(guardian);
            emit GuardianSet(msg.sender, guardian);
        }
        _controls[msg.sender] = _raisedEpoch(msg.sender, control);
    }

    /// @inheritdoc IERC7579Module
    /// @dev Whatever the data says: uninstalling must not fail, and leaves neither keys, nor pause, nor guardian.
    function onUninstall(bytes calldata) external override {
        _ownerRoutes[msg.sender] = OwnerRoute.wrap(0);
        uint256 epoch = _controls[msg.sender].epoch();
        AccountControl cleared = AccountControl.wrap(0).withEpoch(epoch);
        // At the last epoch the keys die with the installed flag, and no install can set it again.
        _controls[msg.sender] = epoch == AccountControlLib.MAX_EPOCH ? cleared : _raisedEpoch(msg.sender, cleared);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) public pure override returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR;
    }

    /// @notice Whether `account` has installed the module.
    function isInitialized(address account) external view returns (bool) {
        return _controls[account].isValidator();
    }
}
