// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../../contracts/policy/Periods.sol";
import {Test} from "../../utils/Test.sol";

// Periods.index
// ├── MINUTE, HOUR, DAY count from 1970: the last second belongs to the old window, the next one to the new
// ├── WEEK starts on Monday 00:00 UTC
// ├── MONTH is year · 12 + month − 1
// │   ├── turns at the end of each of the twelve months
// │   ├── February has 29 days in 2000 and 2028
// │   └── February has 28 days in 2027 and in 2100
// ├── YEAR is the year, and turns on 1 January
// ├── OPERATION and LIFETIME have one window
// └── the last time that 36 bits hold keeps every index below 2^32
contract PeriodsIndexTest is Test {
    uint256 private constant JAN_1_2026 = 1_767_225_600;

    function test_minuteHourDay() public pure {
        _turns(Periods.MINUTE, 60, 1);
        _turns(Periods.HOUR, 3600, 1);
        _turns(Periods.DAY, 86_400, 1);
        // 2026-01-01 is day 20454 of the epoch.
        _turns(Periods.MINUTE, JAN_1_2026, 20_454 * 1440);
        _turns(Periods.HOUR, JAN_1_2026, 20_454 * 24);
        _turns(Periods.DAY, JAN_1_2026, 20_454);
    }

    function test_weekStartsOnMonday() public pure {
        // 1970-01-01 was a Thursday, so the first Monday was the 5th.
        assertEq(Periods.index(Periods.WEEK, 0), 0, "1970-01-01");
        _turns(Periods.WEEK, 4 * 86_400, 1);
        // 2026-01-05 is a Monday, and 20458 days after the first Thursday: (20458 + 3) / 7 = 2923.
        assertEq(Periods.index(Periods.WEEK, JAN_1_2026), 2922, "2026-01-01");
        _turns(Periods.WEEK, JAN_1_2026 + 4 * 86_400, 2923);
        for (uint256 d; d < 7; ++d) {
            assertEq(Periods.index(Periods.WEEK, JAN_1_2026 + (4 + d) * 86_400 + 86_399), 2923, "one whole week");
        }
    }

    function test_monthLengths() public pure {
        uint256[12] memory lengths = [uint256(31), 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        uint256 start = JAN_1_2026;
        for (uint256 m; m < 12; ++m) {
            _turns(Periods.MONTH, start, 2026 * 12 + m);
            start += lengths[m] * 86_400;
        }
        _turns(Periods.MONTH, start, 2027 * 12);
    }

    function test_leapYears() public pure {
        _februaryEnds(949_363_200, 2000, 29);
        _februaryEnds(1_801_440_000, 2027, 28);
        _februaryEnds(1_832_976_000, 2028, 29);
        _februaryEnds(4_105_123_200, 2100, 28);
    }

    function test_year() public pure {
        assertEq(Periods.index(Periods.YEAR, 0), 1970, "1970");
        _turns(Periods.YEAR, JAN_1_2026, 2026);
        _turns(Periods.YEAR, JAN_1_2026 + 365 * 86_400, 2027);
        // 2028 is a leap year, 2100 is none.
        _turns(Periods.YEAR, 1_861_920_000, 2029);
        _turns(Periods.YEAR, 4_133_980_800, 2101);
    }

    function test_operationAndLifetimeHaveOneWindow() public pure {
        uint256[4] memory times = [uint256(0), 1, JAN_1_2026, 2 ** 36 - 1];
        for (uint256 i; i < 4; ++i) {
            assertEq(Periods.index(Periods.OPERATION, times[i]), 0, "OPERATION");
            assertEq(Periods.index(Periods.LIFETIME, times[i]), 0, "LIFETIME");
        }
    }

    function test_indexFitsAMeterWord() public pure {
        for (uint256 period = Periods.OPERATION; period <= Periods.LIFETIME; ++period) {
            assertTrue(Periods.index(period, 2 ** 36 - 1) < 2 ** 32, "32 bits");
        }
    }

    /// @dev A window of `period` numbered `index` starts exactly at `start`.
    function _turns(uint256 period, uint256 start, uint256 index) private pure {
        assertEq(Periods.index(period, start - 1), index - 1, "last second of the old window");
        assertEq(Periods.index(period, start), index, "first second of the new window");
        assertEq(Periods.end(period, start - 1), start, "the old window's end");
    }

    function _februaryEnds(uint256 february1, uint256 year, uint256 length) private pure {
        _turns(Periods.MONTH, february1, year * 12 + 1);
        _turns(Periods.MONTH, february1 + length * 86_400, year * 12 + 2);
    }
}
