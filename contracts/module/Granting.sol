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
        key.settings = settings;
        emit KeyGranted(msg.sender, keyId, settings, signer, header, permissions);
    }
}
