// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "../interfaces/ISessionKeyAdministration.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage, KeyUsageLib} from "../policy/KeyUsage.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {PolicyChecks} from "./PolicyChecks.sol";

/// @title Another policy for a live key, with what was spent
/// @notice What a window that has ended by the block's time had counted is dropped; all else is carried into the window
/// that the new policy counts, so that a changed period, place or a detour never gives back what is spent.
abstract contract Updating is PolicyChecks, ISessionKeyAdministration {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev What carrying the counters needs to know.
    struct Carry {
        bytes32 keyId;
        uint256 serial;
        /// @dev Counters before the update, and the T they counted at.
        KeyUsage usage;
        uint256 countedUntil;
    }

    /// @inheritdoc ISessionKeyAdministration
    function update(
        bytes calldata signer,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions,
        bytes calldata oldHeader,
        bytes32 oldPermissionsRoot
    ) external override {
        bytes32 keyId = signer.hash();
        SessionKey storage key = _keys[keyId][msg.sender];
        KeySettings old = key.settings;
        if (!old.isActive()) revert KeyNotGranted(keyId);
        uint256 epoch = _controls[msg.sender].epoch();
        if (old.epoch() != epoch) revert KeyEpochOutdated(keyId, old.epoch(), epoch);
        bytes32 oldRoot = PermissionTree.root(oldHeader.hash(), oldPermissionsRoot);
        if (oldRoot != key.policyRoot) revert PolicyMismatch(key.policyRoot, oldRoot);

        key.policyRoot = _checkPolicy(signer, settings, header, permissions, old.serial());
        _carryCounters(key, keyId, old, settings, oldHeader, header);
        settings = settings.withPaused(old.isPaused());
        _setSettings(key, msg.sender, settings);
        emit KeyUpdated(msg.sender, keyId, signer, settings, header, permissions);
    }

    function _carryCounters(
        SessionKey storage key,
        bytes32 keyId,
        KeySettings old,
        KeySettings settings,
        bytes calldata oldHeader,
        bytes calldata header
    ) private {
        Carry memory carry;
        carry.keyId = keyId;
        carry.serial = old.serial();
        carry.usage = key.usage;
        if (carry.usage.serial() != carry.serial) carry.usage = KeyUsage.wrap(0);
        carry.countedUntil = carry.usage.lastUntil();
        uint256 nativeSpent =
            _live(carry.usage.nativeSpent(), old.nativePeriod(), settings.nativePeriod(), carry.countedUntil);
        uint256 rateCount = _live(carry.usage.rateCount(), old.ratePeriod(), settings.ratePeriod(), carry.countedUntil);
        key.usage = KeyUsageLib.pack(
            // T is now the block's time: what was counted landed before it, and in the same window if that has not ended.
            block.timestamp,
            nativeSpent,
            _carryMeters(carry, oldHeader, header),
            rateCount,
            carry.usage.uses(),
            carry.serial
        );
    }

    /// @dev A counter of the usage word, unless its old window has ended or its new period stores nothing.
    function _live(uint256 counted, uint256 oldPeriod, uint256 newPeriod, uint256 countedUntil)
        private
        view
        returns (uint256)
    {
        if (oldPeriod <= Periods.OPERATION || newPeriod <= Periods.OPERATION) return 0;
        return Periods.index(oldPeriod, block.timestamp) > Periods.index(oldPeriod, countedUntil) ? 0 : counted;
    }

    /// @dev Moves each meter's spend, by its identity, to where the new header keeps it.
    /// @return first what the new header's first meter has spent, for the usage word.
    function _carryMeters(Carry memory carry, bytes calldata oldHeader, bytes calldata header)
        private
        returns (uint256 first)
    {
        uint256 count = header.meterCount();
        bool hadFirst = oldHeader.meterCount() != 0;
        if (hadFirst && count != 0 && oldHeader.meterIdentity(0) == header.meterIdentity(0)) {
            first = _live(
                carry.usage.meterSpent(), oldHeader.meterPeriod(0), header.meterPeriod(0), carry.countedUntil
            );
        } else {
            if (hadFirst) _storeFirst(carry, oldHeader);
            if (count != 0 && header.meterPeriod(0) != Periods.OPERATION) {
                first = _liveSpent(_meters[_meterId(carry.keyId, carry.serial, header.meterIdentity(0))][msg.sender]);
                // Saturates: the field's largest value is at or above every cap of a first meter.
                if (first > KeyUsageLib.MAX_METER_SPENT) first = KeyUsageLib.MAX_METER_SPENT;
            }
        }
        for (uint256 i = 1; i < count; ++i) _carryLater(carry, header, i);
    }

    /// @dev Gives the old first meter a word of its own, also where the new header has dropped it: should it come back,
    /// it has not forgotten. Overwrites what it left there when it moved to the front.
    function _storeFirst(Carry memory carry, bytes calldata oldHeader) private {
        uint256 period = oldHeader.meterPeriod(0);
        uint256 spent = _live(carry.usage.meterSpent(), period, period, carry.countedUntil);
        _meters[_meterId(carry.keyId, carry.serial, oldHeader.meterIdentity(0))][msg.sender] = spent == 0
            ? MeterWord.wrap(0)
            : MeterWordLib.pack(period, Periods.index(period, carry.countedUntil), spent);
    }

    /// @dev A word keeps its own window, unless the period has changed: then what it has spent counts in the window of
    /// the block's time, before which all of it was spent.
    function _carryLater(Carry memory carry, bytes calldata header, uint256 i) private {
        uint256 period = header.meterPeriod(i);
        bytes32 id = _meterId(carry.keyId, carry.serial, header.meterIdentity(i));
        MeterWord word = _meters[id][msg.sender];
        if (MeterWord.unwrap(word) == 0 || word.period() == period || period == Periods.OPERATION) return;
        _meters[id][msg.sender] =
            MeterWordLib.pack(period, Periods.index(period, block.timestamp), _liveSpent(word));
    }

    /// @dev What a meter's own word has spent, unless its window has ended.
    function _liveSpent(MeterWord word) private view returns (uint256) {
        if (MeterWord.unwrap(word) == 0) return 0;
        return Periods.index(word.period(), block.timestamp) > word.windowIndex() ? 0 : word.spent();
    }
}
