// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ACTIVE, DIRECT_LANE, MEASURED} from "../utils/Codes.sol";
import {DirectLaneTest} from "../utils/DirectLaneTest.sol";
import {FrameFuzz} from "../utils/FrameFuzz.sol";
import {FrameTest} from "../utils/FrameTest.sol";
import {Call, OperationBytes} from "../utils/OperationBytes.sol";

// Random calls in frames: transfers that take a fee, pulls by an old allowance, swaps that pay back more or less, native
// into a router and back, and calls of the account's own that a call-back provokes
// ├── charged is what left the account, or what the calls said if that is more: from balances, on the key's own counter
// ├── every other counter (native, a second meter of the token, ceilings) is the model's, over days
// ├── past any cap the operation reverts with that cap's figures: nothing moves, nothing more is charged
// └── in the direct lane nothing is charged at all then
contract FrameFuzzTest is FrameFuzz {
    uint256 private constant STEPS = 6;

    function test_fuzz_operations(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _grant();
        for (uint256 i; i < STEPS; ++i) {
            _pass();
            _tryOperation();
            _requireCounters();
        }
    }

    function _tryOperation() private {
        (Plan memory plan, Call[] memory calls) = _randomCalls(true);
        Draft memory draft = _framed(calls);
        plan.gas = _random(3) == 0 ? _random(20 gwei) : 0;
        _gas(draft, plan.gas, 1);
        PackedUserOperation memory op = _signed(draft);
        bytes32 opHash = OperationBytes.hash(op);
        vm.prank(ACCOUNT);
        (bool valid,) = address(module).call(abi.encodeCall(module.validateUserOp, (op, opHash)));
        assertEq(valid, _modelValidates(plan), "validation");
        if (!valid) return;
        Before memory before = _before();
        _modelCharges(plan);
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(success, _modelMeasures(plan), "execution");
        if (success) {
            _requireCharged(plan, before);
        } else {
            _requireReason(plan, answer);
            _requireNothingMoved(before);
        }
    }
}

contract FrameDirectLaneFuzzTest is DirectLaneTest, FrameFuzz {
    uint256 private constant STEPS = 6;

    function setUp() public override(DirectLaneTest, FrameTest) {
        super.setUp();
        _becomesAccount(ACCOUNT);
        (limits.epoch, limits.flags) = (2, ACTIVE | MEASURED | DIRECT_LANE);
    }

    function test_fuzz_redemptions(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _grant();
        for (uint256 i; i < STEPS; ++i) {
            _pass();
            _tryRedemption();
            _requireCounters();
        }
    }

    function _tryRedemption() private {
        // The account's own code makes no call for a call-back.
        (Plan memory plan, Call[] memory calls) = _randomCalls(false);
        Redemption memory it = _redemption(calls);
        Before memory before = _before();
        bool valid = _modelValidates(plan);
        if (valid) _modelCharges(plan);
        bool passes = valid && _modelMeasures(plan);
        (bool success, bytes memory answer) = _send(it);
        assertEq(success, passes, "redemption");
        if (success) {
            _requireCharged(plan, before);
            return;
        }
        if (valid) _requireReason(plan, answer);
        _requireNothingMoved(before);
        // The charge went with the rest.
        for (uint256 i; i < 5; ++i) model[i] = before.model[i];
    }

    /// @dev By the key's own EOA, or signed and relayed.
    function _send(Redemption memory it) private returns (bool, bytes memory) {
        bool relayed = _random(2) == 0;
        bytes memory context = relayed ? _signedContext(it) : _context(it);
        bytes memory question = abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, context));
        address sender = relayed ? RELAYER : key;
        vm.prank(sender, sender);
        return address(module).call(question);
    }
}
