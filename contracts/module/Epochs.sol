// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl, AccountControlLib} from "../policy/AccountControl.sol";
import {KeySettingsLib} from "../policy/KeySettings.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title The two counters that end keys: an account's epoch, a key's serial
abstract contract Epochs is KeyStore {
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
    function _revoke(address account, bytes32 keyId) internal {
        SessionKey storage key = _keys[keyId][account];
        uint256 serial = key.settings.serial();
        // Unchecked: below the maximum by the test.
        unchecked {
            if (serial != KeySettingsLib.MAX_SERIAL) ++serial;
        }
        _setSettings(key, account, KeySettingsLib.serialOnly(serial));
        emit KeyRevoked(account, keyId, serial);
    }
}
