// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ACTIVE, CHARGED, DIRECT_LANE, EXACT, MEASURED} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {DirectLaneTest} from "../../../utils/DirectLaneTest.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// redeem by a measured key: the module opens and closes the frame, within the same call
// ├── what the calls take beyond what they say is charged, up to the cap exactly; one more reverts everything
// ├── ephemeral approvals and minReceived hold
// ├── several redemptions of one transaction, each with a frame of its own
// ├── `open` and `close` among the calls: forbidden targets
// └── inside the frame: no second redemption
contract FrameDirectLaneTest is DirectLaneTest, FrameTest {
    function setUp() public override(DirectLaneTest, FrameTest) {
        super.setUp();
        _becomesAccount(ACCOUNT);
        (limits.epoch, limits.flags) = (2, ACTIVE | MEASURED | DIRECT_LANE);
    }

    function _failsToRedeem(Redemption memory it, bytes memory problem) private {
        _preview(it);
        bytes memory own = _context(it);
        vm.prank(key, key);
        vm.expectRevert(problem);
        module.redeem(it.account, it.mode, it.executions, own);
    }

    function test_excess() public {
        _grant();
        _redeemable(_pull(100));
        assertEq(_tokenSpent(), 100, "measured");
        _failsToRedeem(_redemption(_pull(1)), _overCap(100, 1));
        assertEq(_state().usage.uses(), 1, "a revert leaves nothing");
    }

    function test_chargedAndPulled() public {
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(60), _pull(41));
        _failsToRedeem(_redemption(calls), _overCap(60, 41));
        calls[1] = _pull(40);
        _accepts(_redemption(calls));
        assertEq(_tokenSpent(), 100, "both");
    }

    function test_relayed() public {
        _grant();
        Redemption memory it = _redemption(_pull(7));
        _relay(it, _signedContext(it));
        assertEq(_tokenSpent(), 7, "measured");
    }

    function test_rules() public {
        _allow(address(ROUTER), 0);
        frameRules = abi.encodePacked(uint8(1), TOKEN, uint8(1), uint8(1), address(BOUGHT), uint128(500));
        _permit(EXACT, CHARGED, TOKEN, APPROVE);
        _grant();
        Call[] memory calls = new Call[](2);
        calls[0] = Call(TOKEN, 0, abi.encodeWithSelector(APPROVE, ROUTER, 10), 4);
        calls[1] = _swap(10, address(BOUGHT), 500);
        _accepts(_redemption(calls));
        calls[1] = _swap(10, address(BOUGHT), 499);
        _failsToRedeem(_redemption(calls), abi.encodeWithSelector(ReceivedTooLittle.selector, BOUGHT, 500, 499));
        calls[1] = _swap(9, address(BOUGHT), 500);
        _failsToRedeem(_redemption(calls), abi.encodeWithSelector(AllowanceLeft.selector, TOKEN, ROUTER, 0, 1));
    }

    function test_severalInOneTransaction() public {
        _grant();
        _redeemable(_pull(40));
        _redeemable(_transfer(20));
        _redeemable(_pull(40));
        assertEq(_tokenSpent(), 100, "all");
    }

    function test_endsAreNoCalls() public {
        _grant();
        Call[] memory calls = new Call[](3);
        (calls[0], calls[1]) = (Call(address(module), 0, abi.encodeCall(module.open, (1)), 0), _transfer(1));
        calls[2] = Call(address(module), 0, abi.encodeCall(module.close, ()), 0);
        _refuses(_redemption(calls), abi.encodeWithSelector(TargetForbidden.selector, 0, address(module)));
    }

    function test_secondRedemption() public {
        _grant();
        Redemption memory inner = _redemption(_transfer(1));
        inner.nonce = 1;
        bytes memory again =
            abi.encodeCall(module.redeem, (ACCOUNT, inner.mode, inner.executions, _signedContext(inner)));
        _failsToRedeem(
            _redemption(_callBack(address(module), again)),
            abi.encodeWithSelector(RedemptionReentered.selector, ACCOUNT)
        );
    }
}
