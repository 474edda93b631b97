// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../interfaces/ISessionKeyModule.sol";
import {AccountControl, AccountControlLib} from "../policy/AccountControl.sol";
import {KeySettingsLib} from "../policy/KeySettings.sol";
import {Signers} from "../policy/Signers.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title The ends of a key: revoke one, revoke all, renounce
abstract contract Revoking is KeyStore {
    /// @inheritdoc ISessionKeyModule
    function revoke(address account, bytes32 keyId) external override onlyAccountOrGuardian(account) {
        _revoke(account, keyId);
    }

    /// @inheritdoc ISessionKeyModule
    function renounce(address account) external override {
        bytes32 keyId = keccak256(Signers.fromEoa(msg.sender));
        if (!_keys[keyId][account].settings.isActive()) revert KeyNotGranted(keyId);
        _revoke(account, keyId);
    }

    /// @inheritdoc ISessionKeyModule
    function revokeAll(address account) external override onlyAccountOrGuardian(account) {
        _controls[account] = _raisedEpoch(account, _controls[account]);
    }

    /// @dev The next epoch: every key of the account dies, and every grant signed for the epoch before.
    function _raisedEpoch(address account, AccountControl control) internal returns (AccountControl) {
        uint256 epoch = control.epoch();
        if (epoch == AccountControlLib.MAX_EPOCH) revert EpochExhausted(epoch);
        // Unchecked: at most 2^32 − 1 by the test.
        unchecked {
            ++epoch;
        }
        emit AllKeysRevoked(account, epoch);
        return control.withEpoch(epoch);
    }

    /// @dev Takes the key's next serial and nothing else: a grant signed for that serial is burned with it. At the last
    /// serial only the grant goes, and no other can follow it.
    function _revoke(address account, bytes32 keyId) private {
        SessionKey storage key = _keys[keyId][account];
        uint256 serial = key.settings.serial();
        // Unchecked: below the maximum by the test.
        unchecked {
            if (serial != KeySettingsLib.MAX_SERIAL) ++serial;
        }
        key.settings = KeySettingsLib.serialOnly(serial);
        emit KeyRevoked(account, keyId, serial);
    }
}
