// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {Header} from "../policy/Header.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage, KeyUsageLib} from "../policy/KeyUsage.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title Caps and counters: what an operation may still cost, and what it leaves counted
/// @notice No clock is read. An operation brings a window that the EntryPoint enforces; the window must lie in one
/// period of each counter that it touches, so the charge falls in the period in which it lands.
/// @dev One time T, the latest window end seen, serves every counter in the usage word: each operation brings *all* of
/// them to its own window, charged or not.
abstract contract SpendingCounters is KeyStore {
    using FixedPointMathLib for uint256;

    uint256 private constant GWEI = 1e9;

    /// @dev An operation on its way through the checks: what it says of itself; what it charges, summed over its calls;
    /// and, once weighed, what is to be written for it.
    struct Operation {
        uint256 validAfter;
        uint256 validUntil;
        bytes32 keyId;
        /// @dev wei, saturating.
        uint256 native;
        /// @dev The header's first meter, token units, saturating. It counts in the usage word.
        uint256 first;
        /// @dev The second and later meters of the header, likewise; none where there is none.
        uint256[] others;
        /// @dev For each of `others` the word to store, 0 for none.
        MeterWord[] words;
    }

    /// @dev Sizes the sums of the second and later meters, once the header is known to be the policy's.
    /// @param count meters of the header, at least 2.
    function _openMeters(Operation memory operation, uint256 count) internal pure {
        operation.others = new uint256[](count - 1);
        operation.words = new MeterWord[](count - 1);
    }

    /// @dev Adds to what meter `index` of the header is charged.
    function _chargeMeter(Operation memory operation, uint256 index, uint256 amount) internal pure {
        if (index == 0) operation.first = _saturatingAdd(operation.first, amount);
        else operation.others[index - 1] = _saturatingAdd(operation.others[index - 1], amount);
    }

    /// @dev Step 8: holds the charges against every cap, and works out the counters as they will be.
    /// @return the usage word to be stored.
    function _weigh(
        Operation memory operation,
        uint256 calls,
        KeySettings settings,
        KeyUsage usage,
        address account,
        Header header
    ) internal view returns (KeyUsage) {
        (uint256 validAfter, uint256 validUntil) = (operation.validAfter, operation.validUntil);
        // Counters of an earlier grant read as zero, its T too.
        if (usage.serial() != settings.serial()) usage = KeyUsage.wrap(0);
        uint256 countedUntil = usage.lastUntil();

        _weighCooldown(settings, countedUntil, validAfter);
        bool nativeStays = _stays(settings.nativePeriod(), validAfter, validUntil, countedUntil);
        uint256 nativeSpent =
            _weighNative(operation.native, settings, nativeStays ? usage.nativeSpent() : 0, validUntil);
        uint256 rateCount = _weighRate(calls, settings, usage, validAfter, validUntil);
        uint256 uses = _weighQuota(calls, settings, usage);
        uint256 meterSpent;
        uint256 meters = header.meterCount();
        if (meters != 0) {
            uint256 period = header.meterPeriod(0);
            // The same period gives the same answer: most policies count native and their first token by one.
            bool stays = period == settings.nativePeriod()
                ? nativeStays
                : _stays(period, validAfter, validUntil, countedUntil);
            meterSpent = _charged(header, 0, stays ? usage.meterSpent() : 0, operation.first, validUntil);
            if (period == Periods.OPERATION) meterSpent = 0;
            for (uint256 i = 1; i < meters; ++i) {
                _weighOtherMeter(operation, settings, account, header, i, countedUntil);
            }
        }
        return KeyUsageLib.pack(
            validUntil > countedUntil ? validUntil : countedUntil,
            nativeSpent,
            meterSpent,
            rateCount,
            uses,
            settings.serial()
        );
    }

    /// @dev Writes what {_weigh} worked out.
    function _commit(
        Operation memory operation,
        SessionKey storage key,
        KeySettings settings,
        KeyUsage usage,
        address account,
        Header header
    ) internal {
        key.usage = usage;
        uint256 count = operation.words.length;
        if (count == 0) return;
        for (uint256 i; i < count; ++i) {
            MeterWord word = operation.words[i];
            if (MeterWord.unwrap(word) == 0) continue;
            _meters[_meterId(operation.keyId, settings.serial(), header.meterIdentity(i + 1))][account] = word;
        }
    }

    /// @dev What a dry run tells of charges that {_weigh} let pass.
    function _describe(
        Preview memory result,
        Operation memory operation,
        KeySettings settings,
        KeyUsage usage,
        address account,
        Header header
    ) internal view {
        result.keyId = operation.keyId;
        result.validAfter = operation.validAfter;
        result.validUntil = operation.validUntil;
        // A native charge that passed is at most a 56-bit cap.
        result.nativeCharge = (operation.native + GWEI - 1) / GWEI * GWEI;
        uint256 nativeUsed =
            settings.nativePeriod() == Periods.OPERATION ? result.nativeCharge : usage.nativeSpent() * GWEI;
        result.nativeLeft = _saturatingSub(settings.nativeCap() * GWEI, nativeUsed);
        result.rateLeft =
            settings.rateLimit() == 0 ? type(uint256).max : _saturatingSub(settings.rateLimit(), usage.rateCount());
        result.usesLeft =
            settings.maxUses() == 0 ? type(uint256).max : _saturatingSub(settings.maxUses(), usage.uses());
        uint256 count = header.meterCount();
        result.meterCharges = new uint256[](count);
        result.meterLeft = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            result.meterCharges[i] = i == 0 ? operation.first : operation.others[i - 1];
            uint256 used = _meterUsed(result, operation, settings, usage, account, header, i);
            result.meterLeft[i] = _saturatingSub(header.meterCap(i), used);
        }
    }

    /// @dev What meter `i` will have spent in the operation's window.
    function _meterUsed(
        Preview memory result,
        Operation memory operation,
        KeySettings settings,
        KeyUsage usage,
        address account,
        Header header,
        uint256 i
    ) private view returns (uint256) {
        uint256 period = header.meterPeriod(i);
        if (period == Periods.OPERATION) return result.meterCharges[i];
        if (i == 0) return usage.meterSpent();
        if (operation.others[i - 1] != 0) return operation.words[i - 1].spent();
        MeterWord word = _meters[_meterId(result.keyId, settings.serial(), header.meterIdentity(i))][account];
        bool ended = word.period() == period && word.windowIndex() < Periods.index(period, result.validUntil);
        return ended ? 0 : word.spent();
    }

    function _weighCooldown(KeySettings settings, uint256 countedUntil, uint256 validAfter) private pure {
        uint256 cooldown = settings.cooldownSeconds();
        // Unchecked: a 36-bit time and at most 65,535 minutes.
        unchecked {
            uint256 availableAt = countedUntil + cooldown;
            if (validAfter >= availableAt || cooldown == 0 || countedUntil == 0) return;
            revert CooldownActive(availableAt, validAfter);
        }
    }

    /// @param native charge in wei.
    /// @param spent the native counter before, gwei.
    /// @return the native counter afterwards, gwei.
    function _weighNative(uint256 native, KeySettings settings, uint256 spent, uint256 validUntil)
        private
        pure
        returns (uint256)
    {
        // Where nothing is charged, neither a missing cap nor one lowered under what was spent stands in the way.
        if (native == 0) return spent;
        uint256 period = settings.nativePeriod();
        uint256 cap = settings.nativeCap();
        // Unchecked: the sum of a 56-bit count and at most (2^256 − 1) / 1e9 + 1.
        unchecked {
            uint256 total = spent + (native - 1) / GWEI + 1;
            if (total > cap) {
                revert NativeLimitExceeded(cap * GWEI, spent * GWEI, native, Periods.end(period, validUntil));
            }
            return period == Periods.OPERATION ? 0 : total;
        }
    }

    /// @return count calls in the rate's period afterwards.
    function _weighRate(
        uint256 calls,
        KeySettings settings,
        KeyUsage usage,
        uint256 validAfter,
        uint256 validUntil
    ) private pure returns (uint256 count) {
        uint256 limit = settings.rateLimit();
        if (limit == 0) return 0;
        uint256 period = settings.ratePeriod();
        if (_stays(period, validAfter, validUntil, usage.lastUntil())) count = usage.rateCount();
        // Unchecked: a 16-bit count and a number of calls that fit in calldata.
        unchecked {
            if (count + calls > limit) {
                revert RateLimitExceeded(limit, count, calls, Periods.end(period, validUntil));
            }
            count += calls;
        }
    }

    /// @return uses calls of this grant afterwards. Counted without a quota too, and never past the field.
    function _weighQuota(uint256 calls, KeySettings settings, KeyUsage usage) private pure returns (uint256 uses) {
        uint256 limit = settings.maxUses();
        if (limit == 0) limit = KeyUsageLib.MAX_USES;
        // Unchecked: a 24-bit count and a number of calls that fit in calldata.
        unchecked {
            uses = usage.uses() + calls;
        }
        if (uses > limit) revert QuotaExceeded(limit, usage.uses(), calls);
    }

    /// @dev Holds the charge of meter `i` against its own word, and works out that word as it will be.
    function _weighOtherMeter(
        Operation memory operation,
        KeySettings settings,
        address account,
        Header header,
        uint256 i,
        uint256 countedUntil
    ) private view {
        uint256 charge = operation.others[i - 1];
        if (charge == 0) return;
        uint256 validUntil = operation.validUntil;
        uint256 period = header.meterPeriod(i);
        if (period == Periods.OPERATION) {
            _charged(header, i, 0, charge, validUntil);
            return;
        }
        uint256 index = _windowIndex(period, operation.validAfter, validUntil);
        MeterWord word = _meters[_meterId(operation.keyId, settings.serial(), header.meterIdentity(i))][account];
        uint256 spent = word.spent();
        // A word of another period was counted under an earlier header: its spend stands.
        if (word.period() == period) {
            if (word.windowIndex() > index) revert WindowBeforeCounted(period, validUntil, countedUntil);
            if (word.windowIndex() < index) spent = 0;
        }
        spent = _charged(header, i, spent, charge, validUntil);
        operation.words[i - 1] = MeterWordLib.pack(period, index, spent);
    }

    /// @dev Adds a meter's charge to what it has spent, within its cap.
    function _charged(Header header, uint256 i, uint256 spent, uint256 charge, uint256 validUntil)
        private
        pure
        returns (uint256)
    {
        if (charge == 0) return spent;
        uint256 cap = header.meterCap(i);
        uint256 total = _saturatingAdd(spent, charge);
        if (total > cap) {
            uint256 identity = header.meterIdentity(i);
            revert SpendingLimitExceeded(
                address(uint160(identity >> 8)),
                identity & 0xff,
                cap,
                spent,
                charge,
                Periods.end(header.meterPeriod(i), validUntil)
            );
        }
        return total;
    }

    /// @dev Whether a counter of the usage word still counts in the operation's window. Not set and OPERATION hold
    /// nothing; LIFETIME always counts; for the others the window must lie in one period, and not in one before T's.
    function _stays(uint256 period, uint256 validAfter, uint256 validUntil, uint256 countedUntil)
        private
        pure
        returns (bool)
    {
        uint256 length = Periods.length(period);
        uint256 first;
        uint256 last;
        uint256 counted;
        if (length != 0) {
            first = validAfter.rawDiv(length);
            last = validUntil.rawDiv(length);
            counted = countedUntil.rawDiv(length);
        } else {
            if (period <= Periods.OPERATION) return false;
            if (period == Periods.LIFETIME) return true;
            first = Periods.index(period, validAfter);
            last = Periods.index(period, validUntil);
            counted = Periods.index(period, countedUntil);
        }
        if (first != last) revert WindowCrossesPeriod(period, validAfter, validUntil);
        if (counted > last) revert WindowBeforeCounted(period, validUntil, countedUntil);
        return counted == last;
    }

    /// @dev The one window of `period` that holds both ends.
    function _windowIndex(uint256 period, uint256 validAfter, uint256 validUntil) private pure returns (uint256 index) {
        index = Periods.index(period, validUntil);
        if (Periods.index(period, validAfter) != index) revert WindowCrossesPeriod(period, validAfter, validUntil);
    }

    /// @dev A cap that an update lowered below what was spent leaves nothing.
    function _saturatingSub(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    /// @dev A sum too large for a word is larger than every cap.
    function _saturatingAdd(uint256 a, uint256 b) internal pure returns (uint256 sum) {
        // Unchecked: an overflow is what is looked for.
        unchecked {
            sum = a + b;
            if (sum < a) sum = type(uint256).max;
        }
    }
}
