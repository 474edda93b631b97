// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The calendar as a child would count it: year by year and month by month from 1970-01-01. The yardstick for
/// the closed formulas that the contracts use.
library SlowCalendar {
    /// @return year Gregorian year of `t`, seconds since 1970.
    /// @return month 1 … 12.
    /// @return monthStart first second of that month.
    /// @return yearStart first second of that year.
    function date(uint256 t)
        internal
        pure
        returns (uint256 year, uint256 month, uint256 monthStart, uint256 yearStart)
    {
        year = 1970;
        while (yearStart + daysInYear(year) * 86_400 <= t) {
            yearStart += daysInYear(year) * 86_400;
            ++year;
        }
        month = 1;
        monthStart = yearStart;
        while (monthStart + daysInMonth(year, month) * 86_400 <= t) {
            monthStart += daysInMonth(year, month) * 86_400;
            ++month;
        }
    }

    function daysInYear(uint256 year) internal pure returns (uint256) {
        return isLeap(year) ? 366 : 365;
    }

    function daysInMonth(uint256 year, uint256 month) internal pure returns (uint256) {
        if (month == 2) return isLeap(year) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    function isLeap(uint256 year) internal pure returns (bool) {
        if (year % 400 == 0) return true;
        if (year % 100 == 0) return false;
        return year % 4 == 0;
    }
}
