// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage, KeyUsageLib} from "../policy/KeyUsage.sol";
import {MeterWord, MeterWordLib} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {KeyStore} from "./KeyStore.sol";
import {EXTRA_CEILINGS, EXTRA_FRAME, Operation} from "./Operation.sol";
import {RareRules} from "./RareRules.sol";

/// @title Caps and counters: what an operation may still cost, and what it leaves counted
/// @notice No clock is read. An operation brings a window that the EntryPoint enforces; the window must lie in one
/// window of each period that is counted, so the charge falls in the period in which it lands.
/// @dev One time T, the latest window end seen, serves every counter in the usage word: each operation brings *all* of
/// them to its own window, charged or not.
abstract contract SpendingCounters is KeyStore, RareRules {
    using PolicyHeader for bytes;

    uint256 internal constant GWEI = 1e9;

    /// @dev Step 8: holds the charges against every cap, and works out the counters as they will be.
    /// @param usage the stored word.
    function _weigh(Operation memory operation, KeyUsage usage, bytes calldata header) internal view {
        KeySettings settings = operation.settings;
        // Counters of an earlier grant read as zero, its T too.
        if (usage.serial() != settings.serial()) usage = KeyUsage.wrap(0);
        uint256 until = usage.lastUntil();

        uint256 cooldown = settings.cooldownSeconds();
        if (cooldown != 0) {
            // Unchecked: a 36-bit time and a cooldown below 2^22.
            unchecked {
                uint256 availableAt = until + cooldown;
                if (operation.validAfter < availableAt && until != 0) {
                    revert CooldownActive(availableAt, operation.validAfter);
                }
            }
        }
        uint256 period = settings.nativePeriod();
        bool stays = _stays(operation, period, until);
        uint256 word = _weighNative(operation, settings, stays ? usage.nativeSpent() : 0) << 36;

        // The token cap comes next, because it mostly shares the native cap's period.
        uint256 meterCount = header.meterCount();
        if (meterCount != 0) {
            if (header.meterPeriod(0) != period) {
                period = header.meterPeriod(0);
                stays = _stays(operation, period, until);
            }
            uint256 spent = _charged(operation, header, 0, operation.firstMeter, stays ? usage.meterSpent() : 0);
            if (period != Periods.OPERATION) word |= spent << 92;
            if (meterCount != 1) _weighOtherMeters(operation, header, until);
        }

        if (settings.rateLimit() != 0) {
            if (settings.ratePeriod() != period) {
                period = settings.ratePeriod();
                stays = _stays(operation, period, until);
            }
            word |= _weighRate(operation, settings, stays ? usage.rateCount() : 0) << 188;
        }
        word |= _weighQuota(operation, settings, usage.uses()) << 204;
        if (operation.extras & EXTRA_CEILINGS != 0) _weighCeilings(operation);

        if (operation.validUntil > until) until = operation.validUntil;
        operation.usage = KeyUsage.wrap(word | until | (settings.serial() << 228));
    }

    /// @dev Writes what {_weigh} worked out.
    function _commit(Operation memory operation, SessionKey storage key, bytes calldata header) internal {
        key.usage = operation.usage;
        if (operation.extras != 0) _commitExtras(operation, key, header);
    }

    /// @dev The same for all that has words of its own.
    function _commitExtras(Operation memory operation, SessionKey storage key, bytes calldata header) private {
        for (uint256 i = 1; i < operation.words.length; ++i) {
            MeterWord word = operation.words[i];
            if (MeterWord.unwrap(word) != 0) _meters[_meterIdOf(operation, header, i)][operation.account] = word;
        }
        _commitCeilings(operation);
        if (operation.extras & EXTRA_FRAME != 0) _stageFrame(operation, key.policyRoot, header);
    }

    /// @dev Where meter `i` of the header counts.
    function _meterIdOf(Operation memory operation, bytes calldata header, uint256 i) internal pure returns (bytes32) {
        return _meterId(operation.keyId, operation.settings.serial(), header.meterIdentity(i));
    }

    /// @param spent in the operation's window, gwei.
    /// @return total the native counter afterwards, gwei.
    function _weighNative(Operation memory operation, KeySettings settings, uint256 spent)
        private
        pure
        returns (uint256 total)
    {
        uint256 native = operation.native;
        // Unchecked: the sum of a 56-bit count and at most (2^256 − 1) / 1e9 + 1.
        unchecked {
            uint256 charge = native / GWEI;
            if (charge * GWEI != native) ++charge;
            total = spent + charge;
            // A cap that an update lowered below what was spent still lets pass what costs nothing.
            if (total > settings.nativeCap() && charge != 0) {
                revert NativeLimitExceeded(
                    settings.nativeCap() * GWEI,
                    spent * GWEI,
                    native,
                    Periods.end(settings.nativePeriod(), operation.validUntil)
                );
            }
            if (settings.nativePeriod() == Periods.OPERATION) total = 0;
        }
    }

    /// @param count calls in the operation's window.
    /// @return total calls in the rate's window afterwards.
    function _weighRate(Operation memory operation, KeySettings settings, uint256 count)
        private
        pure
        returns (uint256 total)
    {
        // Unchecked: a 16-bit count and a number of calls that fit in calldata.
        unchecked {
            total = count + operation.calls;
        }
        if (total > settings.rateLimit()) {
            revert RateLimitExceeded(
                settings.rateLimit(), count, operation.calls, Periods.end(settings.ratePeriod(), operation.validUntil)
            );
        }
    }

    /// @return uses calls of this grant afterwards. Counted without a quota too, and never past the field.
    function _weighQuota(Operation memory operation, KeySettings settings, uint256 used)
        private
        pure
        returns (uint256 uses)
    {
        uint256 limit = settings.maxUses();
        if (limit == 0) limit = KeyUsageLib.MAX_USES;
        // Unchecked: a 24-bit count and a number of calls that fit in calldata.
        unchecked {
            uses = used + operation.calls;
        }
        if (uses > limit) revert QuotaExceeded(limit, used, operation.calls);
    }

    function _weighOtherMeters(Operation memory operation, bytes calldata header, uint256 countedUntil) private view {
        operation.words = new MeterWord[](operation.meters.length);
        for (uint256 i = 1; i < operation.meters.length; ++i) {
            uint256 charge = operation.meters[i];
            if (charge == 0) continue;
            uint256 period = header.meterPeriod(i);
            if (period == Periods.OPERATION) {
                _charged(operation, header, i, charge, 0);
                continue;
            }
            uint256 index = Periods.index(period, operation.validUntil);
            if (Periods.index(period, operation.validAfter) != index) {
                revert WindowCrossesPeriod(period, operation.validAfter, operation.validUntil);
            }
            MeterWord word = _meters[_meterIdOf(operation, header, i)][operation.account];
            uint256 spent = word.spent();
            // A word of another period was counted under an earlier header: its spend stands.
            if (word.period() == period) {
                if (word.windowIndex() > index) revert WindowBeforeCounted(period, operation.validUntil, countedUntil);
                if (word.windowIndex() < index) spent = 0;
            }
            spent = _charged(operation, header, i, charge, spent);
            operation.words[i] = MeterWordLib.pack(period, index, spent);
        }
    }

    /// @dev Adds a meter's charge to what it has spent, within its cap.
    function _charged(Operation memory operation, bytes calldata header, uint256 i, uint256 charge, uint256 spent)
        private
        pure
        returns (uint256 total)
    {
        total = _saturatingAdd(spent, charge);
        // A cap that an update lowered below what was spent still lets pass what costs nothing.
        if (total > header.meterCap(i) && charge != 0) {
            revert SpendingLimitExceeded(
                header.meterToken(i),
                header.meterIdentity(i) & 0xff,
                header.meterCap(i),
                spent,
                charge,
                Periods.end(header.meterPeriod(i), operation.validUntil)
            );
        }
    }

    /// @dev Whether a counter of the usage word still counts in the operation's window. Not set and OPERATION hold
    /// nothing; LIFETIME always counts; for the others the operation's window must lie in one window of the period, and
    /// not in one before T's.
    function _stays(Operation memory operation, uint256 period, uint256 countedUntil) private pure returns (bool) {
        if (period <= Periods.OPERATION) return false;
        uint256 validUntil = operation.validUntil;
        uint256 start = Periods.start(period, validUntil);
        if (operation.validAfter < start) {
            revert WindowCrossesPeriod(period, operation.validAfter, validUntil);
        }
        if (countedUntil > validUntil) {
            if (Periods.index(period, countedUntil) != Periods.index(period, validUntil)) {
                revert WindowBeforeCounted(period, validUntil, countedUntil);
            }
        }
        return countedUntil >= start;
    }

    /// @dev A cap that an update lowered below what was spent leaves nothing.
    function _saturatingSub(uint256 a, uint256 b) internal pure returns (uint256) {
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
