// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, LIFETIME, MINUTE, MONTH, NEVER} from "../../../utils/Codes.sol";
import {Meter} from "../../../utils/PolicyBytes.sol";
import {UpdateTest} from "../../../utils/UpdateTest.sol";

// update: spend follows its meter's identity, token and tag
// ├── first and later change places, and back: each keeps what it has spent
// ├── a new meter in front pushes the first one back with its spend
// ├── a meter that is dropped and comes back inside its window has not forgotten, be it first or later
// ├── a place that was left does not keep what was there: the last word is the meter's own
// ├── another tag of the same token is another meter
// ├── a later meter of a period in which the time T lies ahead keeps the window it counted in
// └── more than the first meter's field holds is carried as full
contract UpdateMetersTest is UpdateTest {
    address private constant THIRD = address(uint160(uint256(keccak256("third token"))));

    function test_changePlaces() public {
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, LIFETIME, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        _accepts(_pay(OTHER, 80));
        for (uint256 i; i < 3; ++i) {
            (Meter memory a, Meter memory b) = (meters[0], meters[1]);
            (meters[0], meters[1]) = (b, a);
            _update();
            _left(TOKEN, 30 - 2 * i, NOON + 12 hours);
            _left(OTHER, 20 - 2 * i, NEVER);
            _accepts(_pay(TOKEN, 2));
            _accepts(_pay(OTHER, 2));
        }
    }

    function test_pushedBack() public {
        _meter(TOKEN, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        delete meters;
        _meter(THIRD, DAY, 100);
        _meter(OTHER, DAY, 100);
        _meter(TOKEN, DAY, 100);
        _update();
        _left(TOKEN, 30, NOON + 12 hours);
        _left(THIRD, 100, NOON + 12 hours);
        _left(OTHER, 100, NOON + 12 hours);
    }

    function test_droppedFirst() public {
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        _dropsAndReturns(NOON + 1 hours);
        _left(TOKEN, 30, NOON + 12 hours);
        _dropsAndReturns(NOON + 12 hours);
        _left(TOKEN, 100, NOON + 36 hours);
    }

    function test_droppedLater() public {
        _meter(OTHER, DAY, 100);
        _meter(TOKEN, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        meters.pop();
        _update();
        _meter(TOKEN, DAY, 100);
        _update();
        _left(TOKEN, 30, NOON + 12 hours);
    }

    function test_noMetersInBetween() public {
        _meter(TOKEN, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        delete meters;
        _update();
        _meter(TOKEN, DAY, 100);
        _update();
        _left(TOKEN, 30, NOON + 12 hours);
    }

    /// @dev Later with 50 spent, then first with 90, then dropped, then back: 90, not the 50 of the place it left.
    function test_lastWordIsTheMetersOwn() public {
        _meter(OTHER, DAY, 100);
        _meter(TOKEN, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 50));
        delete meters;
        _meter(TOKEN, DAY, 100);
        _update();
        _accepts(_pay(TOKEN, 40));
        delete meters;
        _meter(OTHER, DAY, 100);
        _update();
        _meter(TOKEN, DAY, 100);
        _update();
        _left(TOKEN, 10, NOON + 12 hours);
    }

    function test_anotherTag() public {
        _meter(TOKEN, DAY, 100);
        _start();
        _accepts(_pay(TOKEN, 70));
        meters[0].tag = 1;
        _update();
        _accepts(_pay(TOKEN, 100));
        meters[0].tag = 0;
        _update();
        _left(TOKEN, 30, NOON + 12 hours);
    }

    /// @dev The first meter lets windows cross midnight, so T is tomorrow while the later meter has counted today.
    function test_windowOfALaterMeterStays() public {
        _meter(TOKEN, LIFETIME, 100);
        _meter(OTHER, DAY, 100);
        _start();
        _accepts(_pay(OTHER, 70));
        _window(NOON, NOON + 13 hours);
        _accepts(_pay(TOKEN, 1));
        limits.validUntil += 1;
        _update();
        _window(NOON, NOON + 59);
        _left(OTHER, 30, NOON + 12 hours);
        _window(NOON + 12 hours, NOON + 12 hours + 59);
        _left(OTHER, 100, NOON + 36 hours);

        // To another period likewise: what is live now is carried into the window of now.
        _window(NOON, NOON + 59);
        _accepts(_pay(OTHER, 5));
        meters[1].period = MONTH;
        _update();
        _left(OTHER, 25, NOON + 13 days + 12 hours);
        meters[1].period = MINUTE;
        _update();
        _left(OTHER, 25, NOON + 60);
    }

    function test_moreThanTheFirstHolds() public {
        uint128 first = 2 ** 96 - 1;
        _meter(TOKEN, LIFETIME, 100);
        _meter(OTHER, LIFETIME, type(uint128).max);
        _start();
        _accepts(_pay(OTHER, 2 ** 96));
        delete meters;
        _meter(OTHER, LIFETIME, first);
        _update();
        _refuses(_pay(OTHER, 1), abi.encodeWithSelector(
            SpendingLimitExceeded.selector, OTHER, 0, first, first, 1, NEVER
        ));
        assertEq(_state().usage.rateCount(), 0, "no neighbour is touched");
    }

    function _dropsAndReturns(uint256 time) private {
        delete meters;
        _meter(OTHER, DAY, 100);
        _update();
        _at(time);
        delete meters;
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, DAY, 100);
        _update();
    }

    /// @dev Of a cap of 100, `left` is left, to the unit.
    function _left(address token, uint256 left, uint256 resetsAt) private {
        _refuses(_pay(token, left + 1), abi.encodeWithSelector(
            SpendingLimitExceeded.selector, token, 0, 100, 100 - left, left + 1, resetsAt
        ));
        module.preview(_signed(_draft(_pay(token, left))));
    }
}
