// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, HOUR, MINUTE, MONTH, WEEK, YEAR} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: periods roll over
// For the native cap, the rate limit, the first meter and a later meter alike, at a period's boundary:
// ├── the last second of the old period is full when the old period is
// ├── the first second of the new one is whole again
// ├── a window over the boundary is refused
// └── once the new period has been counted, the old one is refused
// Boundaries: minute, hour, day, leap day, week (Monday), all twelve months, February of 28 and 29 days, 2100, year
contract ValidatePeriodsTest is SessionKeyTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));
    /// @dev The counters to fill, one at a time.
    uint256 private constant NATIVE = 0;
    uint256 private constant RATE = 1;
    uint256 private constant FIRST_METER = 2;
    uint256 private constant LATER_METER = 3;

    function test_minute() public {
        _rollsOver(MINUTE, NOON + 60);
        _rollsOver(MINUTE, NOON + 12 hours);
    }

    function test_hour() public {
        _rollsOver(HOUR, NOON + 1 hours);
        _rollsOver(HOUR, NOON + 12 hours);
    }

    function test_day() public {
        _rollsOver(DAY, NOON + 12 hours);
        // Into and out of 29 February 2028.
        _rollsOver(DAY, 1_832_976_000 + 28 days);
        _rollsOver(DAY, 1_832_976_000 + 29 days);
    }

    function test_week() public {
        // NOON is a Wednesday: Monday 2026-06-22, and the first Monday of 2027.
        _rollsOver(WEEK, NOON + 4 days + 12 hours);
        _rollsOver(WEEK, 1_798_761_600 + 3 days);
    }

    function test_month() public {
        uint256[12] memory lengths = [uint256(31), 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        // From 2027-01-01, a year without a leap day.
        uint256 start = 1_798_761_600;
        for (uint256 m; m < 12; ++m) {
            start += lengths[m] * 1 days;
            _rollsOver(MONTH, start);
        }
    }

    function test_leapFebruary() public {
        _rollsOver(MONTH, 1_832_976_000 + 29 days);
        // 2100 is divisible by four and no leap year.
        _rollsOver(MONTH, 4_105_123_200 + 28 days);
    }

    function test_year() public {
        _rollsOver(YEAR, 1_798_761_600);
        // 2028 had 366 days.
        _rollsOver(YEAR, 1_861_920_000);
    }

    // ------------------------------------------------------------------ helpers

    function _rollsOver(uint8 period, uint256 boundary) private {
        for (uint256 counter; counter < 4; ++counter) _rollsOver(period, boundary, counter);
    }

    function _rollsOver(uint8 period, uint256 boundary, uint256 counter) private {
        _grantOne(period, counter);
        Call memory call = _filling(counter);
        _window(boundary - 3, boundary - 2);
        _accepts(call);
        _window(boundary - 2, boundary - 1);
        _refuses(call, _full(counter, boundary));

        _window(boundary - 1, boundary);
        _refuses(call, abi.encodeWithSelector(WindowCrossesPeriod.selector, period, boundary - 1, boundary));

        _window(boundary, boundary + 1);
        _accepts(call);
        _window(boundary - 2, boundary - 1);
        _refuses(
            call, abi.encodeWithSelector(WindowBeforeCounted.selector, period, boundary - 1, boundary + 1)
        );
    }

    /// @dev A policy whose one limit is `counter`, which {_filling} fills.
    function _grantOne(uint8 period, uint256 counter) private {
        _clearPolicy();
        (limits.validAfter, limits.validUntil) = (0, 2 ** 36 - 1);
        (limits.nativeCap, limits.nativePeriod) = counter == NATIVE ? (5, period) : (0, 0);
        (limits.rateLimit, limits.ratePeriod) = counter == RATE ? (1, period) : (0, 0);
        if (counter == LATER_METER) _meter(OTHER, 8, 1);
        if (counter >= FIRST_METER) {
            _meter(TOKEN, period, 5);
            _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        } else {
            _permit(EXACT, 3, APP, PING, PolicyBytes.maxValueBody(5e9));
        }
        _grant();
        ++limits.serial;
    }

    function _filling(uint256 counter) private pure returns (Call memory call) {
        call = counter >= FIRST_METER ? _transfer(5) : _ping();
        if (counter == NATIVE) call.value = 5e9;
    }

    function _full(uint256 counter, uint256 boundary) private pure returns (bytes memory) {
        if (counter == NATIVE) return abi.encodeWithSelector(NativeLimitExceeded.selector, 5e9, 5e9, 5e9, boundary);
        if (counter == RATE) return abi.encodeWithSelector(RateLimitExceeded.selector, 1, 1, 1, boundary);
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 5, 5, 5, boundary);
    }
}
