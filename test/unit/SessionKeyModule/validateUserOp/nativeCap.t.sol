// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EMPTY_CALLDATA, LIFETIME, MOVES_NOTHING, NEVER, OPERATION} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the native cap over value
// ├── no cap: refuses 1 wei
// ├── sums to exactly the cap, refuses 1 wei more
// ├── rounding: wei are summed over a batch and then rounded up to whole gwei
// ├── period
// │   ├── OPERATION: each operation has the whole cap, a batch has it once, nothing is stored
// │   ├── DAY: a new day has the whole cap
// │   └── LIFETIME: never resets, and says so
// ├── the largest cap that the word holds is kept, and one gwei more refused
// └── a sum past the largest word saturates, and is refused
contract ValidateNativeCapTest is SessionKeyTest {
    uint256 private constant GWEI = 1e9;

    function setUp() public override {
        super.setUp();
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(type(uint128).max));
    }

    function test_noCap() public {
        _grant();
        _accepts(_fund(0));
        _refuses(_fund(1), _over(0, 0, 1, NEVER));
    }

    function test_boundary() public {
        _cap(100, DAY);
        _refuses(_fund(100 * GWEI + 1), _over(100, 0, 100 * GWEI + 1, NOON + 12 hours));
        _accepts(_fund(60 * GWEI));
        _refuses(_fund(40 * GWEI + 1), _over(100, 60, 40 * GWEI + 1, NOON + 12 hours));
        _accepts(_fund(40 * GWEI));
        _refuses(_fund(1), _over(100, 100, 1, NOON + 12 hours));
        _accepts(_fund(0));
    }

    function test_roundsUpOnce() public {
        _cap(100, DAY);
        _accepts(_fund(1));
        assertEq(_state().usage.nativeSpent(), 1, "one wei is one gwei");
        Call[] memory calls = new Call[](3);
        for (uint256 i; i < 3; ++i) {
            calls[i] = _fund(1);
            if (i != 0) calls[i].permission = REPEATED;
        }
        _accepts(_draft(calls));
        assertEq(_state().usage.nativeSpent(), 2, "three wei of a batch are one gwei");
        _accepts(_fund(98 * GWEI));
        assertEq(_state().usage.nativeSpent(), 100, "whole gwei stay what they are");
    }

    function test_operation() public {
        _cap(100, OPERATION);
        _refuses(_fund(100 * GWEI + 1), _over(100, 0, 100 * GWEI + 1, NEVER));
        _accepts(_fund(100 * GWEI));
        _accepts(_fund(100 * GWEI));
        assertEq(_state().usage.nativeSpent(), 0, "nothing is stored");
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_fund(60 * GWEI), _fund(41 * GWEI));
        _refuses(_draft(calls), _over(100, 0, 101 * GWEI, NEVER));
    }

    function test_newDay() public {
        _cap(100, DAY);
        _accepts(_fund(100 * GWEI));
        _window(NOON + 12 hours, NOON + 12 hours + 1);
        _refuses(_fund(101 * GWEI), _over(100, 0, 101 * GWEI, NOON + 36 hours));
        _accepts(_fund(100 * GWEI));
    }

    function test_lifetime() public {
        _cap(100, LIFETIME);
        _accepts(_fund(99 * GWEI));
        _window(NOON + 900 days, NOON + 901 days);
        _refuses(_fund(2 * GWEI), _over(100, 99, 2 * GWEI, NEVER));
        _accepts(_fund(GWEI));
    }

    function test_largestCap() public {
        uint256 cap = 2 ** 56 - 1;
        _cap(cap, LIFETIME);
        _refuses(_fund((cap + 1) * GWEI), _over(cap, 0, (cap + 1) * GWEI, NEVER));
        _accepts(_fund(cap * GWEI));
        assertEq(_state().usage.nativeSpent(), cap, "counted");
        assertEq(_state().usage.meterSpent(), 0, "no neighbour is touched");
        _refuses(_fund(GWEI), _over(cap, cap, GWEI, NEVER));
    }

    function test_saturates() public {
        _cap(2 ** 56 - 1, LIFETIME);
        Draft memory draft = _draft(_fund(type(uint128).max));
        // Gas that costs almost a word's worth: the value on top must not come round to something small.
        draft.op.accountGasLimits = bytes32(type(uint256).max);
        draft.op.gasFees = bytes32(uint256(type(uint128).max));
        draft.op.preVerificationGas = type(uint256).max;
        _refuses(draft, _over(2 ** 56 - 1, 0, type(uint256).max, NEVER));
    }

    function _cap(uint256 gwei_, uint8 period) private {
        (limits.nativeCap, limits.nativePeriod) = (gwei_, period);
        _grant();
    }

    function _fund(uint256 value) private pure returns (Call memory) {
        return Call(APP, value, "", 0);
    }

    function _over(uint256 capGwei, uint256 spentGwei, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            NativeLimitExceeded.selector, capGwei * GWEI, spentGwei * GWEI, attempted, resetsAt
        );
    }
}
