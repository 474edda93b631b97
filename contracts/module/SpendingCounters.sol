// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage, KeyUsageLib} from "../policy/KeyUsage.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title Caps and counters: what an operation may still cost, and what it leaves counted
/// @notice No clock is read. An operation brings a window that the EntryPoint enforces; the window must lie in one
/// period of each counter that it touches, so the charge falls in the period in which it lands.
/// @dev One time T, the latest window end seen, serves every counter in the usage word: each operation brings *all* of
/// them to its own window, charged or not.
abstract contract SpendingCounters is KeyStore {
    using PolicyHeader for bytes;

    uint256 private constant GWEI = 1e9;

    /// @dev What an operation charges, summed over its calls; and, once weighed, what is to be written for it.
    struct Charges {
        /// @dev wei, saturating.
        uint256 native;
        uint256 calls;
        /// @dev Per meter of the header, token units, saturating.
        uint256[] meters;
        KeyUsage usage;
        /// @dev Per meter of the header: the word to store, 0 for none.
        MeterWord[] words;
    }

    /// @dev Sizes the per-meter sums, once the header is known to be the policy's.
    function _openMeters(Charges memory charges, bytes calldata header) internal pure {
        charges.meters = new uint256[](header.meterCount());
    }

    /// @dev Step 8: holds the charges against every cap, and works out the counters as they will be.
    function _weigh(
        Charges memory charges,
        KeySettings settings,
        KeyUsage usage,
        address account,
        bytes32 keyId,
        bytes calldata header,
        uint256 validAfter,
        uint256 validUntil
    ) internal view {
        // Counters of an earlier grant read as zero, its T too.
        if (usage.serial() != settings.serial()) usage = KeyUsage.wrap(0);
        uint256 countedUntil = usage.lastUntil();

        _weighCooldown(settings, countedUntil, validAfter);
        uint256 nativeSpent = _weighNative(charges, settings, usage, validAfter, validUntil);
        uint256 rateCount = _weighRate(charges, settings, usage, validAfter, validUntil);
        uint256 uses = _weighQuota(charges, settings, usage);
        uint256 meterSpent;
        if (charges.meters.length != 0) {
            meterSpent = _weighFirstMeter(charges, usage, header, validAfter, validUntil);
            if (charges.meters.length > 1) {
                _weighOtherMeters(charges, settings, account, keyId, header, validAfter, validUntil, countedUntil);
            }
        }
        charges.usage = KeyUsageLib.pack(
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
        Charges memory charges,
        KeySettings settings,
        address account,
        bytes32 keyId,
        bytes calldata header
    ) internal {
        _keys[keyId][account].usage = charges.usage;
        for (uint256 i = 1; i < charges.words.length; ++i) {
            MeterWord word = charges.words[i];
            if (MeterWord.unwrap(word) == 0) continue;
            _meters[_meterId(keyId, settings.serial(), header.meterIdentity(i))][account] = word;
        }
    }

    /// @dev What a dry run tells of charges that {_weigh} let pass.
    function _describe(
        Preview memory result,
        Charges memory charges,
        KeySettings settings,
        address account,
        bytes calldata header
    ) internal view {
        KeyUsage usage = charges.usage;
        result.calls = charges.calls;
        // A native charge that passed is at most a 56-bit cap.
        result.nativeCharge = (charges.native + GWEI - 1) / GWEI * GWEI;
        uint256 nativeUsed =
            settings.nativePeriod() == Periods.OPERATION ? result.nativeCharge : usage.nativeSpent() * GWEI;
        result.nativeLeft = _saturatingSub(settings.nativeCap() * GWEI, nativeUsed);
        result.rateLeft =
            settings.rateLimit() == 0 ? type(uint256).max : _saturatingSub(settings.rateLimit(), usage.rateCount());
        result.usesLeft =
            settings.maxUses() == 0 ? type(uint256).max : _saturatingSub(settings.maxUses(), usage.uses());
        result.meterCharges = charges.meters;
        result.meterLeft = new uint256[](charges.meters.length);
        for (uint256 i; i < charges.meters.length; ++i) {
            uint256 used = _meterUsed(result, charges, settings, account, header, i);
            result.meterLeft[i] = _saturatingSub(header.meterCap(i), used);
        }
    }

    /// @dev What meter `i` will have spent in the operation's window.
    function _meterUsed(
        Preview memory result,
        Charges memory charges,
        KeySettings settings,
        address account,
        bytes calldata header,
        uint256 i
    ) private view returns (uint256) {
        uint256 period = header.meterPeriod(i);
        if (period == Periods.OPERATION) return charges.meters[i];
        if (i == 0) return charges.usage.meterSpent();
        if (charges.meters[i] != 0) return charges.words[i].spent();
        MeterWord word = _meters[_meterId(result.keyId, settings.serial(), header.meterIdentity(i))][account];
        bool ended = word.period() == period && word.windowIndex() < Periods.index(period, result.validUntil);
        return ended ? 0 : word.spent();
    }

    function _weighCooldown(KeySettings settings, uint256 countedUntil, uint256 validAfter) private pure {
        uint256 cooldown = settings.cooldownSeconds();
        if (cooldown == 0 || countedUntil == 0) return;
        uint256 availableAt = countedUntil + cooldown;
        if (validAfter < availableAt) revert CooldownActive(availableAt, validAfter);
    }

    /// @return spent the native counter afterwards, gwei.
    function _weighNative(
        Charges memory charges,
        KeySettings settings,
        KeyUsage usage,
        uint256 validAfter,
        uint256 validUntil
    ) private pure returns (uint256 spent) {
        uint256 period = settings.nativePeriod();
        uint256 cap = settings.nativeCap();
        if (_stays(period, validAfter, validUntil, usage.lastUntil())) spent = usage.nativeSpent();
        // Unchecked: the sum of a 56-bit count and at most (2^256 − 1) / 1e9 + 1.
        unchecked {
            uint256 charge = charges.native / GWEI + (charges.native % GWEI == 0 ? 0 : 1);
            if (charge != 0 && spent + charge > cap) {
                revert NativeLimitExceeded(
                    cap * GWEI, spent * GWEI, charges.native, Periods.end(period, validUntil)
                );
            }
            if (period != Periods.OPERATION) spent += charge;
        }
    }

    /// @return count calls in the rate's period afterwards.
    function _weighRate(
        Charges memory charges,
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
            if (count + charges.calls > limit) {
                revert RateLimitExceeded(limit, count, charges.calls, Periods.end(period, validUntil));
            }
            count += charges.calls;
        }
    }

    /// @return uses calls of this grant afterwards. Counted without a quota too, and never past the field.
    function _weighQuota(Charges memory charges, KeySettings settings, KeyUsage usage)
        private
        pure
        returns (uint256 uses)
    {
        uint256 limit = settings.maxUses();
        if (limit == 0) limit = KeyUsageLib.MAX_USES;
        // Unchecked: a 24-bit count and a number of calls that fit in calldata.
        unchecked {
            uses = usage.uses() + charges.calls;
        }
        if (uses > limit) revert QuotaExceeded(limit, usage.uses(), charges.calls);
    }

    /// @return spent the first meter's counter afterwards.
    function _weighFirstMeter(
        Charges memory charges,
        KeyUsage usage,
        bytes calldata header,
        uint256 validAfter,
        uint256 validUntil
    ) private pure returns (uint256 spent) {
        uint256 period = header.meterPeriod(0);
        if (_stays(period, validAfter, validUntil, usage.lastUntil())) spent = usage.meterSpent();
        spent = _charged(charges, header, 0, spent, validUntil);
        if (period == Periods.OPERATION) spent = 0;
    }

    function _weighOtherMeters(
        Charges memory charges,
        KeySettings settings,
        address account,
        bytes32 keyId,
        bytes calldata header,
        uint256 validAfter,
        uint256 validUntil,
        uint256 countedUntil
    ) private view {
        charges.words = new MeterWord[](charges.meters.length);
        for (uint256 i = 1; i < charges.meters.length; ++i) {
            if (charges.meters[i] == 0) continue;
            uint256 period = header.meterPeriod(i);
            if (period == Periods.OPERATION) {
                _charged(charges, header, i, 0, validUntil);
                continue;
            }
            uint256 index = _windowIndex(period, validAfter, validUntil);
            MeterWord word = _meters[_meterId(keyId, settings.serial(), header.meterIdentity(i))][account];
            uint256 spent = word.spent();
            // A word of another period was counted under an earlier header: its spend stands.
            if (word.period() == period) {
                if (word.windowIndex() > index) revert WindowBeforeCounted(period, validUntil, countedUntil);
                if (word.windowIndex() < index) spent = 0;
            }
            spent = _charged(charges, header, i, spent, validUntil);
            charges.words[i] = MeterWordLib.pack(period, index, spent);
        }
    }

    /// @dev Adds a meter's charge to what it has spent, within its cap.
    function _charged(Charges memory charges, bytes calldata header, uint256 i, uint256 spent, uint256 validUntil)
        private
        pure
        returns (uint256)
    {
        uint256 charge = charges.meters[i];
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
        if (period <= Periods.OPERATION) return false;
        if (period == Periods.LIFETIME) return true;
        uint256 index = _windowIndex(period, validAfter, validUntil);
        uint256 counted = Periods.index(period, countedUntil);
        if (counted > index) revert WindowBeforeCounted(period, validUntil, countedUntil);
        return counted == index;
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
