// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_TARGET, CHARGED, DAY, EXACT, LIFETIME, MOVES_NOTHING, UNCAPPED} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: marks, and what a call charges
// ├── CHARGED: takes the amount from every meter of its target, whatever tag, and from no other token's
// ├── UNCAPPED: takes nothing
// ├── MOVES_NOTHING
// │   ├── allows a target that is not metered
// │   └── refuses a metered token that a wildcard reaches
// ├── a wildcard may reach a metered token when it is UNCAPPED
// ├── transfer and approve charge one and the same meter
// └── batch
//     ├── is charged the sum of its calls, on the boundary
//     └── a sum past the largest word saturates, and is refused
contract ValidateTokenChargesTest is SessionKeyTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));

    uint256 private constant ALLOW = 1;
    uint256 private constant PAY_UNCAPPED = 2;
    uint256 private constant PING_ANYWHERE = 3;
    uint256 private constant PONG_ANYWHERE = 4;
    bytes4 private constant PONG = bytes4(keccak256("pong()"));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1e9, DAY, 1e6);
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, DAY, 100);
        meters.push(Meter(TOKEN, 7, LIFETIME, 150));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, CHARGED, TOKEN, APPROVE, PolicyBytes.body(PolicyBytes.pin(0, APP)));
        _permit(EXACT, UNCAPPED, OTHER, TRANSFER);
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PING);
        _permit(ANY_TARGET, UNCAPPED, address(0), PONG);
        _grant();
    }

    function test_everyMeterOfTheToken() public {
        _accepts(_transfer(60));
        assertEq(_state().usage.meterSpent(), 60, "first meter");
        assertEq(_state().meters[1].spent(), 0, "another token's");
        assertEq(_state().meters[2].spent(), 60, "second meter of the token");
        // The next day the daily meter is whole again and the other is not.
        _window(NOON + 1 days, NOON + 1 days + 59);
        _refuses(_transfer(91), abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 7, 150, 60, 91, uint256(type(uint48).max)
        ));
        _accepts(_transfer(90));
        assertEq(_state().usage.meterSpent(), 90, "a new day");
        assertEq(_state().meters[2].spent(), 150, "the same life");
    }

    function test_uncapped() public {
        Call memory call = Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1e30), PAY_UNCAPPED);
        _accepts(call);
        _accepts(call);
        assertEq(_state().meters[1].spent(), 0, "nothing taken");
    }

    function test_movesNothing() public {
        bytes memory data = abi.encodeWithSelector(PING, 1);
        _accepts(Call(APP, 0, data, PING_ANYWHERE));
        _refuses(
            Call(TOKEN, 0, data, PING_ANYWHERE), abi.encodeWithSelector(TokenNotCharged.selector, 0, TOKEN, PING)
        );
        _refuses(
            Call(OTHER, 0, data, PING_ANYWHERE), abi.encodeWithSelector(TokenNotCharged.selector, 0, OTHER, PING)
        );
    }

    function test_uncappedWildcard() public {
        _accepts(Call(TOKEN, 0, abi.encodeWithSelector(PONG), PONG_ANYWHERE));
    }

    function test_transferAndApproveShareTheMeter() public {
        _accepts(_transfer(60));
        _refuses(_approve(41), _over(60, 41));
        _accepts(_approve(40));
        _refuses(_transfer(1), _over(100, 1));
        _refuses(_approve(1), _over(100, 1));
    }

    function test_batchSum() public {
        _refuses(_draft(_three(50, 30, 21)), _over(0, 101));
        _accepts(_draft(_three(50, 30, 20)));
    }

    function test_batchSaturates() public {
        uint256 max = type(uint256).max;
        _refuses(_transfer(max), _over(0, max));
        _refuses(_draft(_three(max, 1, 0)), _over(0, max));
        _refuses(_draft(_three(max, max, 2)), _over(0, max));
        // Adding a small number to a counter must not come out small either.
        _accepts(_transfer(1));
        _refuses(_transfer(max), _over(1, max));
    }

    function _approve(uint256 amount) private pure returns (Call memory) {
        return Call(TOKEN, 0, abi.encodeWithSelector(APPROVE, APP, amount), ALLOW);
    }

    function _three(uint256 a, uint256 b, uint256 c) private pure returns (Call[] memory calls) {
        calls = new Call[](3);
        calls[0] = _transfer(a);
        calls[1] = _approve(b);
        calls[2] = _approve(c);
        calls[2].permission = REPEATED;
    }

    function _over(uint256 spent, uint256 attempted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 100, spent, attempted, NOON + 12 hours
        );
    }
}
