// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../contracts/policy/Periods.sol";
import {SlowCalendar} from "../utils/SlowCalendar.sol";
import {Test} from "../utils/Test.sol";

/// @notice What the clockless window relies on, at any time that 36 bits hold.
contract PeriodsFuzzTest is Test {
    uint256 private constant MAX_TIME = 2 ** 36 - 1;

    function test_fuzz_indexNeverFalls(uint256 period, uint256 earlier, uint256 later) public pure {
        period = bound(period, Periods.OPERATION, Periods.LIFETIME);
        later = bound(later, 0, MAX_TIME);
        earlier = bound(earlier, 0, later);
        assertTrue(Periods.index(period, earlier) <= Periods.index(period, later), "index fell");
    }

    function test_fuzz_endIsTheNextWindowsFirstSecond(uint256 period, uint256 t) public pure {
        period = bound(period, Periods.MINUTE, Periods.YEAR);
        t = bound(t, 0, MAX_TIME);
        uint256 end = Periods.end(period, t);
        uint256 index = Periods.index(period, t);
        assertTrue(end > t, "the end lies ahead");
        assertEq(Periods.index(period, end - 1), index, "the second before is still inside");
        assertEq(Periods.index(period, end), index + 1, "the end is the next window");
    }

    /// @dev Same index at both ends means same index in between: the whole reason why a window needs no clock.
    function test_fuzz_equalEndsMeanOneWindow(uint256 period, uint256 a, uint256 span, uint256 inside) public pure {
        period = bound(period, Periods.OPERATION, Periods.LIFETIME);
        a = bound(a, 0, MAX_TIME);
        uint256 z = bound(span, a, a + 40 days > MAX_TIME ? MAX_TIME : a + 40 days);
        if (Periods.index(period, a) != Periods.index(period, z)) return;
        assertEq(Periods.index(period, bound(inside, a, z)), Periods.index(period, a), "inside");
    }

    function test_fuzz_monthAndYearAgreeWithCounting(uint256 t) public pure {
        t = bound(t, 0, MAX_TIME);
        (uint256 year, uint256 month, uint256 monthStart, uint256 yearStart) = SlowCalendar.date(t);
        assertEq(Periods.index(Periods.YEAR, t), year, "year");
        assertEq(Periods.index(Periods.MONTH, t), year * 12 + month - 1, "month");
        uint256 monthEnd = monthStart + SlowCalendar.daysInMonth(year, month) * 86_400;
        assertEq(Periods.end(Periods.MONTH, t), monthEnd, "month end");
        assertEq(Periods.end(Periods.YEAR, t), yearStart + SlowCalendar.daysInYear(year) * 86_400, "year end");
    }

    /// @dev Weeks are 7 days, and their first day is the 1970-01-05 or a multiple of seven days later.
    function test_fuzz_weekStartsOnMonday(uint256 t) public pure {
        uint256 end = Periods.end(Periods.WEEK, bound(t, 0, MAX_TIME));
        assertEq((end - 4 days) % 7 days, 0, "Monday, 00:00");
    }
}
