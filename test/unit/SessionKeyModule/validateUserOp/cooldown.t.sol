// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ACTIVE, COOLDOWN_IN_MINUTES, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the cooldown
// ├── the first operation of a grant waits for nothing
// ├── the next may start a cooldown after the *end* of the last one's window: allows that second, refuses the one before
// ├── a window that was never over counts in full
// ├── in minutes: sixty times as long, on the boundary
// ├── the longest in seconds and in minutes
// └── a new grant waits for nothing
contract ValidateCooldownTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_boundary() public {
        _cooldown(600, ACTIVE);
        _window(NOON, NOON + 300);
        _accepts(_ping());
        _waits(NOON + 300 + 600);
    }

    function test_minutes() public {
        _cooldown(10, ACTIVE | COOLDOWN_IN_MINUTES);
        _window(NOON, NOON + 300);
        _accepts(_ping());
        _waits(NOON + 300 + 600);
    }

    function test_inTheSameWindow() public {
        _cooldown(1, ACTIVE);
        _window(NOON, NOON + 300);
        _accepts(_ping());
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 301, NOON));
        _window(NOON + 300, NOON + 400);
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 301, NOON + 300));
    }

    function test_longest() public {
        _cooldown(65_535, ACTIVE);
        _accepts(_ping());
        _waits(NOON + 59 + 65_535);
        ++limits.serial;
        _window(NOON, NOON + 59);
        _cooldown(65_535, ACTIVE | COOLDOWN_IN_MINUTES);
        _accepts(_ping());
        _waits(NOON + 59 + 65_535 * 60);
    }

    function test_newGrant() public {
        _cooldown(600, ACTIVE);
        _accepts(_ping());
        ++limits.serial;
        _grant();
        _accepts(_ping());
    }

    function _waits(uint256 until) private {
        _window(until - 1, until + 10);
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, until, until - 1));
        _window(until, until + 10);
        _accepts(_ping());
    }

    function _cooldown(uint256 cooldown, uint256 flags) private {
        (limits.cooldown, limits.flags) = (cooldown, flags);
        _grant();
    }
}
