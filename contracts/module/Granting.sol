// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyCore} from "../interfaces/ISessionKeyCore.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PolicyChecks} from "./PolicyChecks.sol";

/// @title The start of a key
abstract contract Granting is PolicyChecks, ISessionKeyCore {
    using CalldataWord for bytes;

    /// @inheritdoc ISessionKeyCore
    /// @dev The usage word is left as it is: its counters carry another serial and so read as zero.
    function grant(bytes calldata signer, KeySettings settings, bytes calldata header, bytes calldata permissions)
        external
        override
        returns (bytes32 keyId)
    {
        keyId = signer.hash();
        SessionKey storage key = _keys[keyId][msg.sender];
        uint256 serial = key.settings.serial();
        if (serial == KeySettingsLib.MAX_SERIAL) revert SerialExhausted(keyId);
        // Unchecked: below the maximum by the test.
        unchecked {
            ++serial;
        }
        key.policyRoot = _checkPolicy(signer, settings, header, permissions, serial);
        _setSettings(key, msg.sender, settings);
        bytes32 topic = KeyGranted.selector;
        // Assembly: `emit KeyGranted(msg.sender, keyId, signer, settings, header, permissions)`. The event's data is this
        // function's arguments as they were encoded, and encoding them again would cost 500 gas.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            let length := sub(calldatasize(), 4)
            calldatacopy(memory_, 4, length)
            log3(memory_, length, topic, caller(), keyId)
        }
    }
}
