// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DateTimeLib} from "solady/src/utils/DateTimeLib.sol";

/// @title The UTC calendar by which limits reset
/// @notice A period cuts time into windows and numbers them. Two times lie in the same window exactly when their indices
/// are equal, and indices never fall as time grows: that is what lets validation charge a window without a clock.
library Periods {
    /// @notice Period codes; 0 means "not set" and nothing else.
    uint256 internal constant OPERATION = 1;
    uint256 internal constant MINUTE = 2;
    uint256 internal constant HOUR = 3;
    uint256 internal constant DAY = 4;
    uint256 internal constant WEEK = 5;
    uint256 internal constant MONTH = 6;
    uint256 internal constant YEAR = 7;
    uint256 internal constant LIFETIME = 8;

    /// @notice What {end} returns where no later window exists.
    uint256 internal constant NEVER = type(uint48).max;

    /// @notice Whether `period` is one of the codes above.
    function isKnown(uint256 period) internal pure returns (bool) {
        // unchecked: 0 wraps to the largest word, which is not below LIFETIME.
        unchecked {
            return period - 1 < LIFETIME;
        }
    }

    /// @notice Number of the window of `period` that `t` lies in.
    /// @dev The caller guarantees a known `period` and `t` < 2^36; the result is then below 2^32. OPERATION and LIFETIME
    /// have no boundaries in time: always 0.
    /// @param t seconds since 1970.
    function index(uint256 period, uint256 t) internal pure returns (uint256) {
        // DAY comes first, as the period most policies use.
        if (period == DAY) return t / 1 days;
        if (period == HOUR) return t / 1 hours;
        if (period == LIFETIME || period == OPERATION) return 0;
        if (period == MINUTE) return t / 1 minutes;
        // unchecked: t < 2^36, so no sum or product comes near a word.
        unchecked {
            // Day 0 was a Thursday: three days on, a division by seven breaks on Mondays.
            if (period == WEEK) return (t / 1 days + 3) / 7;
            (uint256 year, uint256 month,) = DateTimeLib.epochDayToDate(t / 1 days);
            return period == MONTH ? year * 12 + month - 1 : year;
        }
    }

    /// @notice First second of the window that `t` lies in; 0 for OPERATION and LIFETIME. Two times lie in the same
    /// window exactly when this is equal, and it costs one division where {index} would be needed twice.
    /// @dev Same guarantees as {index}.
    /// @param t seconds since 1970.
    function start(uint256 period, uint256 t) internal pure returns (uint256) {
        // unchecked: nothing is subtracted that is not part of `t`, and t < 2^36.
        unchecked {
            if (period == DAY) return t - t % 1 days;
            if (period == HOUR) return t - t % 1 hours;
            if (period == LIFETIME || period == OPERATION) return 0;
            if (period == MINUTE) return t - t % 1 minutes;
            uint256 day = t / 1 days;
            if (period == WEEK) {
                // Day 0 was a Thursday; its Monday lies before 1970, where the first window is cut off.
                uint256 sinceMonday = (day + 3) % 7;
                return sinceMonday > day ? 0 : (day - sinceMonday) * 1 days;
            }
            (uint256 year, uint256 month,) = DateTimeLib.epochDayToDate(day);
            return DateTimeLib.dateToEpochDay(year, period == MONTH ? month : 1, 1) * 1 days;
        }
    }

    /// @notice First second of the window after the one that `t` lies in; {NEVER} for LIFETIME, and for OPERATION, whose
    /// limits hold per operation and have nothing to reset, and for a limit that is not set (0).
    /// @dev Same guarantees as {index}. For messages and views, not for the hot path.
    /// @param t seconds since 1970.
    function end(uint256 period, uint256 t) internal pure returns (uint256) {
        if (period == LIFETIME || period <= OPERATION) return NEVER;
        // unchecked: an index is below 2^32 and a window shorter than 2^25 seconds.
        unchecked {
            uint256 next = index(period, t) + 1;
            if (period == DAY) return next * 1 days;
            if (period == HOUR) return next * 1 hours;
            if (period == MINUTE) return next * 1 minutes;
            if (period == WEEK) return (next * 7 - 3) * 1 days;
            if (period == MONTH) return DateTimeLib.dateToTimestamp(next / 12, next % 12 + 1, 1);
            return DateTimeLib.dateToTimestamp(next, 1, 1);
        }
    }
}
