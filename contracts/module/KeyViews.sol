// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "../interfaces/ISessionKeyAdministration.sol";
import {KeyStore} from "./KeyStore.sol";
import {MeterWord} from "../policy/MeterWord.sol";

/// @title What anyone may read about a key
abstract contract KeyViews is KeyStore, ISessionKeyAdministration {
    /// @inheritdoc ISessionKeyAdministration
    function keyState(address account, bytes32 keyId, uint256[] calldata meterIdentities)
        external
        view
        override
        returns (KeyState memory state)
    {
        SessionKey storage key = _keys[keyId][account];
        state.control = _controls[account];
        state.settings = key.settings;
        state.meters = new MeterWord[](meterIdentities.length);
        state.blockTime = block.timestamp;
        // A revoke leaves root and counters behind, under a serial that no longer counts.
        if (!state.settings.isActive()) return state;
        state.policyRoot = key.policyRoot;
        if (key.usage.serial() == state.settings.serial()) state.usage = key.usage;
        for (uint256 i; i < meterIdentities.length; ++i) {
            state.meters[i] = _meters[_meterId(keyId, state.settings.serial(), meterIdentities[i])][account];
        }
    }
}
