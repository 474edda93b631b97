// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl} from "../policy/AccountControl.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {Periods} from "../policy/Periods.sol";
import {PermissionList} from "../policy/PermissionList.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Signers} from "../policy/Signers.sol";
import {ConditionHost} from "./ConditionHost.sol";
import {FrameHost} from "./FrameHost.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title What a policy must keep to be stored, whether by a grant or by an update
abstract contract PolicyChecks is ConditionHost, FrameHost, KeyStore {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    uint256 private constant LIMIT_NATIVE = 0;
    uint256 private constant LIMIT_RATE = 1;

    /// @dev Holds a whole policy against every rule.
    /// @param expectedSerial the one serial that `settings` may name.
    /// @return policyRoot what to store.
    function _checkPolicy(
        bytes calldata signer,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions,
        uint256 expectedSerial
    ) internal view returns (bytes32 policyRoot) {
        AccountControl control = _controls[msg.sender];
        if (!control.isInstalled()) revert ModuleNotInstalled(msg.sender, 1);
        if ((settings.epoch() ^ control.epoch()) | (settings.serial() ^ expectedSerial) != 0) {
            revert GrantOutdated(settings.epoch(), settings.serial(), control.epoch(), expectedSerial);
        }
        address eoa = Signers.toEoa(signer);
        if (eoa == address(0)) revert SignerForbidden(eoa);
        if (eoa == msg.sender) revert SignerForbidden(eoa);
        if (eoa == address(this)) revert SignerForbidden(eoa);
        _checkSettings(settings);
        header.check(_FRAMES, settings, eoa);
        return PermissionTree.root(
            header.hash(),
            PermissionList.check(_CONDITION_ENGINE, _FRAMES, permissions, header, settings, msg.sender)
        );
    }

    function _checkSettings(KeySettings settings) private view {
        uint256 flags = settings.flags();
        uint256 optional = KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES | KeySettingsLib.FLAG_MEASURED
            | KeySettingsLib.FLAG_DIRECT_LANE;
        if (flags & ~optional != KeySettingsLib.FLAG_ACTIVE) revert FlagsInvalid(flags);
        if (flags & KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES != 0 && settings.cooldown() == 0) revert CooldownInvalid();
        uint256 validUntil = settings.validUntil();
        uint256 earliest = settings.validAfter() > block.timestamp ? settings.validAfter() : block.timestamp;
        if (validUntil <= earliest) revert ExpiryInvalid(settings.validAfter(), validUntil, block.timestamp);
        _checkLimit(LIMIT_NATIVE, settings.nativeCap(), settings.nativePeriod(), Periods.OPERATION);
        _checkLimit(LIMIT_RATE, settings.rateLimit(), settings.ratePeriod(), Periods.MINUTE);
    }

    /// @dev Cap and period are both there or both not.
    /// @param shortest first period code that this limit knows.
    function _checkLimit(uint256 limit, uint256 cap, uint256 period, uint256 shortest) private pure {
        bool valid = cap == 0 ? period == 0 : period >= shortest && period <= Periods.LIFETIME;
        if (!valid) revert LimitIncomplete(limit, cap, period);
    }
}
