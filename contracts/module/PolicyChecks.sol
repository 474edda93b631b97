// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl} from "../policy/AccountControl.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {Periods} from "../policy/Periods.sol";
import {PermissionList} from "../policy/PermissionList.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Signer} from "../policy/Signer.sol";
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

    /// @dev Holds a whole policy of the calling account against every rule, by the block's time.
    /// @param expectedSerial the one serial that `settings` may name.
    /// @return policyRoot what to store.
    function _checkPolicy(
        bytes calldata signer,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions,
        uint256 expectedSerial
    ) internal view returns (bytes32 policyRoot) {
        return _checkPolicyOf(msg.sender, block.timestamp, signer, settings, header, permissions, expectedSerial);
    }

    /// @dev Holds a whole policy of `account` against every rule.
    /// @param time seconds since 1970 at which it must not have ended; 0 where no clock can be read.
    function _checkPolicyOf(
        address account,
        uint256 time,
        bytes calldata signer,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions,
        uint256 expectedSerial
    ) internal view returns (bytes32 policyRoot) {
        AccountControl control = _controls[account];
        if (!control.isInstalled()) revert ModuleNotInstalled(account, 1);
        if ((settings.epoch() ^ control.epoch()) | (settings.serial() ^ expectedSerial) != 0) {
            revert GrantOutdated(settings.epoch(), settings.serial(), control.epoch(), expectedSerial);
        }
        Signer parsed = Signers.parseQuickly(signer);
        address authority = parsed.addr();
        if (authority == address(0)) revert SignerForbidden(authority);
        if (authority == account) revert SignerForbidden(authority);
        if (authority == address(this)) revert SignerForbidden(authority);
        // A precompile has no code, and the one at 4 answers every question with the question, which reads as yes.
        if (!parsed.isEoa() && authority.code.length == 0) revert SignerForbidden(authority);
        _checkSettings(settings, time);
        header.check(_FRAMES, settings, parsed, account);
        return PermissionTree.root(
            header.hash(),
            PermissionList.check(_CONDITION_ENGINE, _FRAMES, permissions, header, settings, account)
        );
    }

    function _checkSettings(KeySettings settings, uint256 time) private pure {
        uint256 flags = settings.flags();
        uint256 optional = KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES | KeySettingsLib.FLAG_MEASURED
            | KeySettingsLib.FLAG_DIRECT_LANE;
        if (flags & ~optional != KeySettingsLib.FLAG_ACTIVE) revert FlagsInvalid(flags);
        if (flags & KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES != 0 && settings.cooldown() == 0) revert CooldownInvalid();
        uint256 validUntil = settings.validUntil();
        uint256 earliest = settings.validAfter() > time ? settings.validAfter() : time;
        if (validUntil <= earliest) revert ExpiryInvalid(settings.validAfter(), validUntil, time);
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
