// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../../contracts/policy/Periods.sol";
import {Test} from "../../utils/Test.sol";

// Periods.end
// ├── is the first second of the next window
// │   ├── from a window's first second
// │   └── from a window's last second
// ├── crosses the year for the last week and month of a year
// └── is "never" for LIFETIME and OPERATION
contract PeriodsEndTest is Test {
    // Thursday, 2026-12-31, 12:34:56
    uint256 private constant T = 1_798_720_496;

    function test_everyPeriod() public pure {
        assertEq(Periods.end(Periods.MINUTE, T), 1_798_720_500, "12:35:00");
        assertEq(Periods.end(Periods.HOUR, T), 1_798_722_000, "13:00:00");
        assertEq(Periods.end(Periods.DAY, T), 1_798_761_600, "2027-01-01");
        assertEq(Periods.end(Periods.WEEK, T), 1_799_020_800, "Monday, 2027-01-04");
        assertEq(Periods.end(Periods.MONTH, T), 1_798_761_600, "2027-01-01");
        assertEq(Periods.end(Periods.YEAR, T), 1_798_761_600, "2027-01-01");
    }

    function test_firstAndLastSecond() public pure {
        uint256 midnight = 1_798_761_600;
        assertEq(Periods.end(Periods.DAY, midnight), midnight + 86_400, "first second");
        assertEq(Periods.end(Periods.DAY, midnight - 1), midnight, "last second");
        assertEq(Periods.end(Periods.MONTH, midnight), midnight + 31 * 86_400, "first second of January");
        assertEq(Periods.end(Periods.YEAR, midnight), midnight + 365 * 86_400, "first second of 2027");
    }

    function test_never() public pure {
        assertEq(Periods.end(Periods.LIFETIME, T), type(uint48).max, "LIFETIME");
        assertEq(Periods.end(Periods.OPERATION, T), type(uint48).max, "OPERATION");
    }
}
