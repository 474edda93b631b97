// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage, KeyUsageLib} from "../policy/KeyUsage.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {CeilingExcess} from "./CeilingExcess.sol";
import {FrameHead} from "./FrameHead.sol";
import {FrameHeader} from "./FrameHeader.sol";
import {FrameRecord} from "./FrameRecord.sol";
import {FrameRules} from "./FrameRules.sol";

/// @title What left the account beyond what validation charged
/// @notice Added to the same counters, by the block's time. Validation has brought them to a window in which the block's
/// time lies: were they ever in a later one, nothing could be added, and the operation reverts.
abstract contract Excess is CeilingExcess, ISessionKeyFrame {
    using FrameHeader for bytes;

    uint256 private constant GWEI = 1e9;

    /// @dev What is charged, and to whom.
    struct Charge {
        address account;
        FrameRecord record;
        bytes header;
        KeySettings settings;
        /// @dev Index in the header, {FrameRules-NATIVE} for native.
        uint256 meter;
        /// @dev What the operation charges on it already, gas included.
        uint256 total;
        uint256 excess;
    }

    /// @dev Charges `excess` on `meter` within every cap, or reverts.
    function _chargeExcess(address account, FrameRecord record, FrameHead head, uint256 meter, uint256 excess) internal {
        bytes32 keyId = record.keyId();
        SessionKey storage key = _keys[keyId][account];
        Charge memory it;
        (it.account, it.record, it.header, it.meter, it.excess) = (account, record, record.header(head), meter, excess);
        it.settings = key.settings;
        it.total = record.chargedInAll(_asset(meter));
        // Counters may only be added to while they are the key's that the frame was opened for.
        if (!head.isGrantOf(it.settings)) {
            revert GrantOutdated(head.epoch(), head.serial(), it.settings.epoch(), it.settings.serial());
        }
        if (key.policyRoot != record.policyRoot()) revert PolicyMismatch(key.policyRoot, record.policyRoot());
        if (meter == FrameRules.NATIVE) {
            _chargeNativeExcess(it, key);
            if (head.hasCeilings()) _chargeCeilingExcess(account, record, 0, NATIVE_TOKEN, excess);
        } else if (meter == 0) {
            _chargeFirstMeterExcess(it, key);
        } else {
            _chargeMeterExcess(it, keyId);
        }
        _requireNoCosigner(it);
        emit ExcessCharged(account, keyId, meter, excess);
    }

    function _chargeNativeExcess(Charge memory it, SessionKey storage key) private {
        uint256 period = it.settings.nativePeriod();
        KeyUsage usage = _usageNow(it, key);
        bool stored = period != Periods.OPERATION;
        uint256 spent = stored ? usage.nativeSpent() : _ceilGwei(it.total);
        uint256 charge = _ceilGwei(it.excess);
        // A sum of numbers of which the larger is at most 2^256 / 1e9 + 1.
        if (spent + charge > it.settings.nativeCap()) {
            revert NativeLimitExceeded(
                it.settings.nativeCap() * GWEI, spent * GWEI, it.excess, Periods.end(period, block.timestamp)
            );
        }
        // Within the 56 bits of the cap, so that no neighbour is touched.
        if (stored) key.usage = KeyUsage.wrap(KeyUsage.unwrap(usage) + (charge << 36));
    }

    function _chargeFirstMeterExcess(Charge memory it, SessionKey storage key) private {
        KeyUsage usage = _usageNow(it, key);
        bool stored = it.header.meterPeriod(0) != Periods.OPERATION;
        _requireWithin(it, stored ? usage.meterSpent() : it.total);
        // Within the 96 bits that a grant holds the first meter's cap to.
        if (stored) key.usage = KeyUsage.wrap(KeyUsage.unwrap(usage) + (it.excess << 92));
    }

    function _chargeMeterExcess(Charge memory it, bytes32 keyId) private {
        uint256 period = it.header.meterPeriod(it.meter);
        if (period == Periods.OPERATION) {
            _requireWithin(it, it.total);
            return;
        }
        bytes32 id = _meterId(keyId, it.settings.serial(), it.header.meterIdentity(it.meter));
        MeterWord word = _meters[id][it.account];
        (uint256 spent, uint256 index) = (word.spent(), Periods.index(period, block.timestamp));
        // A word of another period was counted under an earlier header: its spend stands.
        if (word.period() == period) {
            if (word.windowIndex() > index) revert FrameOutsideCounted(period, word.windowIndex(), index);
            if (word.windowIndex() < index) spent = 0;
        }
        _requireWithin(it, spent);
        _meters[id][it.account] = MeterWordLib.pack(period, index, spent + it.excess);
    }

    /// @dev The usage word, brought to the block's time if it is of an earlier one. Of an operation that was signed it never
    /// is; of one whose gas is being estimated it may be.
    function _usageNow(Charge memory it, SessionKey storage key) private view returns (KeyUsage usage) {
        usage = key.usage;
        if (usage.serial() != it.settings.serial()) usage = KeyUsageLib.pack(0, 0, 0, 0, 0, it.settings.serial());
        uint256 until = usage.lastUntil();
        uint256 meterPeriod = it.header.length > 3 && it.header[0] != 0 ? it.header.meterPeriod(0) : 0;
        (uint256 nativePeriod, uint256 ratePeriod) = (it.settings.nativePeriod(), it.settings.ratePeriod());
        if (until < block.timestamp) {
            return KeyUsageLib.pack(
                block.timestamp,
                _isSameWindow(nativePeriod, until) ? usage.nativeSpent() : 0,
                _isSameWindow(meterPeriod, until) ? usage.meterSpent() : 0,
                _isSameWindow(ratePeriod, until) ? usage.rateCount() : 0,
                usage.uses(),
                usage.serial()
            );
        }
        uint256 period = it.meter == 0 ? meterPeriod : nativePeriod;
        if (!_isSameWindow(period, until)) {
            revert FrameOutsideCounted(period, Periods.index(period, until), Periods.index(period, block.timestamp));
        }
    }

    /// @dev Whether `until` lies in the block's window of `period`. Not set and OPERATION count nothing.
    function _isSameWindow(uint256 period, uint256 until) private view returns (bool) {
        return period <= Periods.OPERATION || Periods.index(period, until) == Periods.index(period, block.timestamp);
    }

    function _requireWithin(Charge memory it, uint256 spent) private view {
        uint256 cap = it.header.meterCap(it.meter);
        // No sum: it could overflow.
        if (it.excess > (cap > spent ? cap - spent : 0)) {
            revert SpendingLimitExceeded(
                it.header.token(it.meter),
                it.header.meterIdentity(it.meter) & 0xff,
                cap,
                spent,
                it.excess,
                Periods.end(it.header.meterPeriod(it.meter), block.timestamp)
            );
        }
    }

    /// @dev What is now known to have been spent would have needed the co-signer. An operation whose charge passed some
    /// threshold in validation has the signature, over all that it does.
    function _requireNoCosigner(Charge memory it) private view {
        (uint256 offset, uint256 end) = it.header.thresholds();
        uint256 passed;
        for (; offset < end; offset += 17) {
            (uint256 meter, uint256 amount) = it.header.threshold(offset);
            if (it.record.chargedInAll(_asset(meter)) > amount) return;
            // The sum fits a word: both are at most 128-bit caps.
            if (meter == it.meter && it.total + it.excess > amount) passed = amount;
        }
        if (passed != 0) revert ExcessNotCosigned(it.meter, passed, it.total + it.excess);
    }

    /// @dev Where a meter's charges stand in the record.
    function _asset(uint256 meter) private pure returns (uint256) {
        return meter == FrameRules.NATIVE ? 0 : meter + 1;
    }

    function _ceilGwei(uint256 amount) private pure returns (uint256) {
        return amount / GWEI + (amount % GWEI == 0 ? 0 : 1);
    }
}
