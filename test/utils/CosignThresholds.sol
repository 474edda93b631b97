// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EMPTY_CALLDATA, EXACT, LIFETIME, MOVES_NOTHING} from "./Codes.sol";
import {CosignTest} from "./CosignTest.sol";
import {Call} from "./OperationBytes.sol";
import {PolicyBytes} from "./PolicyBytes.sol";

/// @notice What needs a co-signature, whatever the lane: tests that each lane runs in its own way.
/// @dev 1,000 TOKEN a day (0), 500 of another (1), 1,000 gwei a day; payments to an app (2).
abstract contract CosignThresholds is CosignTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));

    function setUp() public virtual override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1000, DAY);
        _meter(TOKEN, DAY, 1000);
        _meter(OTHER, LIFETIME, 500);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(1 ether));
    }

    // ------------------------------------------------------------------ the lane

    /// @notice The key does this alone, and a co-signature is refused.
    function _alone(Call memory call) internal virtual;
    function _alone(Call[] memory calls) internal virtual;

    /// @notice Refused from the key alone, naming the threshold; both may.
    function _both(Call memory call, uint256 meter, uint256 threshold, uint256 attempted) internal virtual;
    function _both(Call[] memory calls, uint256 meter, uint256 threshold, uint256 attempted) internal virtual;

    /// @notice Refused with exactly `problem`, from the key and from both.
    function _never(Call memory call, bytes memory problem) internal virtual;

    // ------------------------------------------------------------------ the tests

    function test_token() public {
        _threshold(0, 50);
        _grant();
        _alone(_transfer(50));
        _both(_transfer(51), 0, 50, 51);
        assertEq(_state().usage.meterSpent(), 101, "both count");
        for (uint256 i; i < 3; ++i) _alone(_transfer(50));
    }

    function test_batch() public {
        _threshold(0, 50);
        _grant();
        _alone(_two(_transfer(25), _transfer(25)));
        _both(_two(_transfer(25), _transfer(26)), 0, 50, 51);
    }

    function test_value() public {
        _threshold(NATIVE, 20e9);
        _grant();
        _alone(_pay(20e9));
        _both(_pay(20e9 + 1), NATIVE, 20e9, 20e9 + 1);
    }

    function test_several() public {
        _threshold(1, 30);
        _threshold(0, 50);
        _grant();
        _both(_other(31), 1, 30, 31);
        _alone(_other(30));
        _alone(_two(_transfer(50), _other(30)));
        _both(_two(_transfer(51), _other(30)), 0, 50, 51);
        _both(_two(_transfer(51), _other(31)), 1, 30, 31);
    }

    function test_withoutThreshold() public {
        _threshold(0, 50);
        _grant();
        _alone(_other(500));
        _alone(_pay(1000e9));
    }

    function test_capsHold() public {
        _threshold(0, 50);
        _grant();
        _never(
            _transfer(1001),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 1000, 0, 1001, NOON + 12 hours)
        );
        _both(_transfer(1000), 0, 50, 1000);
    }

    function test_fuzz_anyAmounts(uint128 first, uint128 second, uint256 amount, uint256 otherAmount) public {
        uint128 firstThreshold = 1 + first % 1000;
        uint128 secondThreshold = 1 + second % 500;
        _threshold(0, firstThreshold);
        _threshold(1, secondThreshold);
        _grant();
        (amount, otherAmount) = (amount % 1001, otherAmount % 501);
        Call[] memory calls = _two(_transfer(amount), _other(otherAmount));
        if (amount > firstThreshold) _both(calls, 0, firstThreshold, amount);
        else if (otherAmount > secondThreshold) _both(calls, 1, secondThreshold, otherAmount);
        else _alone(calls);
    }

    // ------------------------------------------------------------------ calls

    function _other(uint256 amount) internal pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), 1);
    }

    function _pay(uint256 value) internal pure returns (Call memory) {
        return Call(APP, value, "", 2);
    }

    function _two(Call memory first, Call memory second) private pure returns (Call[] memory calls) {
        calls = new Call[](2);
        (calls[0], calls[1]) = (first, second);
    }
}
