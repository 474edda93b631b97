// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the operation's window
// ├── is returned to the EntryPoint as it was signed
// ├── well formed
// │   ├── refuses validUntil 0
// │   ├── refuses an end at or before the start, allows one second
// │   └── refuses an end past 36 bits, allows the last second that 36 bits hold
// ├── inside the key's
// │   ├── allows the key's first second as start, refuses the one before
// │   └── allows the key's last second as end, refuses the one after
// └── the latest end is remembered: a window that ends earlier passes where no period minds, and sets nothing back
contract ValidateWindowTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_isReturned() public {
        _grant();
        _window(NOON + 7, NOON + 1234);
        _accepts(_ping());
    }

    function test_refusesValidUntilZero() public {
        limits.validAfter = 0;
        _grant();
        _window(0, 0);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, 0, 0));
        _window(NOON, 0);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, NOON, 0));
    }

    function test_endIsAfterStart() public {
        _grant();
        _window(NOON, NOON - 1);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, NOON, NOON - 1));
        _window(NOON, NOON);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, NOON, NOON));
        _window(NOON, NOON + 1);
        _accepts(_ping());
    }

    function test_fits36Bits() public {
        limits.validUntil = 2 ** 36 - 1;
        _grant();
        _window(NOON, 2 ** 36);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, NOON, 2 ** 36));
        _window(NOON, 2 ** 40 - 1);
        _refuses(_ping(), abi.encodeWithSelector(WindowMalformed.selector, NOON, 2 ** 40 - 1));
        _window(NOON, 2 ** 36 - 1);
        _accepts(_ping());
    }

    function test_startsWithinTheKey() public {
        _grant();
        (uint256 from, uint256 until) = (limits.validAfter, limits.validUntil);
        _window(from - 1, NOON);
        _refuses(_ping(), abi.encodeWithSelector(WindowOutsideKey.selector, from - 1, NOON, from, until));
        _window(from, NOON);
        _accepts(_ping());
    }

    function test_endsWithinTheKey() public {
        _grant();
        (uint256 from, uint256 until) = (limits.validAfter, limits.validUntil);
        _window(NOON, until + 1);
        _refuses(_ping(), abi.encodeWithSelector(WindowOutsideKey.selector, NOON, until + 1, from, until));
        _window(NOON, until);
        _accepts(_ping());
    }

    function test_latestEndIsRemembered() public {
        _grant();
        _window(NOON, NOON + 2 days);
        _accepts(_ping());
        assertEq(_state().usage.lastUntil(), NOON + 2 days, "T");
        _window(NOON, NOON + 1 days);
        _accepts(_ping());
        assertEq(_state().usage.lastUntil(), NOON + 2 days, "T stays");
        _window(NOON, NOON + 2 days + 1);
        _accepts(_ping());
        assertEq(_state().usage.lastUntil(), NOON + 2 days + 1, "T moves on");
    }
}
