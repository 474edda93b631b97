// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EMPTY_CALLDATA, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: value per call
// ├── without a largest value in the permission, refuses 1 wei
// ├── with one, allows exactly that and refuses 1 wei more
// ├── holds for each call of a batch by itself, naming it
// └── holds for conditions without a largest value
contract ValidateValueTest is SessionKeyTest {
    uint256 private constant PINNED = 2;
    bytes4 private constant PONG = bytes4(keccak256("pong(uint256)"));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(0.25 ether));
        _permit(EXACT, MOVES_NOTHING, APP, PONG, PolicyBytes.body(PolicyBytes.pin(0, bytes32(uint256(1)))));
        _grant();
    }

    function test_noneWithoutMaxValue() public {
        Call memory call = _ping();
        call.value = 1;
        _refuses(call, abi.encodeWithSelector(CallValueExceeded.selector, 0, 0, 1));
    }

    function test_noneWithConditionsOnly() public {
        Call memory call = Call(APP, 1, abi.encodeWithSelector(PONG, 1), PINNED);
        _refuses(call, abi.encodeWithSelector(CallValueExceeded.selector, 0, 0, 1));
        call.value = 0;
        _accepts(call);
    }

    function test_maxValue() public {
        _refuses(_fund(0.25 ether + 1), abi.encodeWithSelector(CallValueExceeded.selector, 0, 0.25 ether, 0.25 ether + 1));
        _refuses(
            _fund(type(uint256).max),
            abi.encodeWithSelector(CallValueExceeded.selector, 0, 0.25 ether, type(uint256).max)
        );
        _accepts(_fund(0.25 ether));
    }

    function test_eachCallByItself() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_fund(0.25 ether), _fund(0.25 ether + 1));
        _refuses(
            _draft(calls), abi.encodeWithSelector(CallValueExceeded.selector, 1, 0.25 ether, 0.25 ether + 1)
        );
        calls[1].value = 0.25 ether;
        _accepts(_draft(calls));
        assertEq(_state().usage.nativeSpent(), 0.5e9, "both are counted, in gwei");
    }

    function _fund(uint256 value) private pure returns (Call memory) {
        return Call(APP, value, "", 1);
    }
}
