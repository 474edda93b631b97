// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, HOUR, LIFETIME, MINUTE, MOVES_NOTHING, NEVER} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: calls per period
// ├── allows the limit, refuses the next with when it resets
// ├── counts calls, not operations: a batch takes one for each of its calls
// ├── a new period starts at zero, an earlier one is refused
// ├── LIFETIME never resets
// ├── the largest limit (65,535) is kept to the last call
// └── no limit: any number of calls
contract ValidateRateTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_boundary() public {
        _rate(10, HOUR);
        for (uint256 i; i < 10; ++i) _accepts(_ping());
        _refuses(_ping(), _over(10, 10, 1, NOON + 1 hours));
    }

    function test_batch() public {
        _rate(10, HOUR);
        _refuses(_draft(_pings(11)), _over(10, 0, 11, NOON + 1 hours));
        _accepts(_draft(_pings(7)));
        _refuses(_draft(_pings(4)), _over(10, 7, 4, NOON + 1 hours));
        _accepts(_draft(_pings(3)));
        _refuses(_ping(), _over(10, 10, 1, NOON + 1 hours));
    }

    function test_newPeriod() public {
        _rate(2, MINUTE);
        _accepts(_draft(_pings(2)));
        _window(NOON + 60, NOON + 119);
        _accepts(_draft(_pings(2)));
        _refuses(_ping(), _over(2, 2, 1, NOON + 120));
        _window(NOON, NOON + 59);
        _refuses(_ping(), abi.encodeWithSelector(WindowBeforeCounted.selector, MINUTE, NOON + 59, NOON + 119));
        _window(NOON + 119, NOON + 120);
        _refuses(_ping(), abi.encodeWithSelector(WindowCrossesPeriod.selector, MINUTE, NOON + 119, NOON + 120));
    }

    function test_lifetime() public {
        _rate(2, LIFETIME);
        _accepts(_draft(_pings(2)));
        _window(NOON + 500 days, NOON + 501 days);
        _refuses(_ping(), _over(2, 2, 1, NEVER));
    }

    function test_largest() public {
        _rate(65_535, HOUR);
        _accepts(_ping());
        _count(65_534);
        _refuses(_draft(_pings(2)), _over(65_535, 65_534, 2, NOON + 1 hours));
        _accepts(_ping());
        assertEq(_state().usage.rateCount(), 65_535, "full");
        assertEq(_state().usage.uses(), 2, "the neighbour is not touched");
        _refuses(_ping(), _over(65_535, 65_535, 1, NOON + 1 hours));
    }

    function test_noLimit() public {
        _grant();
        for (uint256 i; i < 5; ++i) _accepts(_draft(_pings(20)));
        assertEq(_state().usage.rateCount(), 0, "nothing counted");
        assertEq(_state().usage.uses(), 100, "uses are");
    }

    function _rate(uint256 limit, uint8 period) private {
        (limits.rateLimit, limits.ratePeriod) = (limit, period);
        _grant();
    }

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = _ping();
            if (i != 0) calls[i].permission = REPEATED;
        }
    }

    /// @dev Writes the counter as if so many calls had been made.
    function _count(uint256 calls) private {
        bytes32 slot = _usageSlot();
        uint256 word = uint256(vm.load(address(module), slot)) & ~(uint256(0xffff) << 188);
        vm.store(address(module), slot, bytes32(word | (calls << 188)));
    }

    function _over(uint256 limit, uint256 used, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(RateLimitExceeded.selector, limit, used, attempted, resetsAt);
    }
}
