// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CosignedRedemptionTest} from "../utils/CosignedRedemptionTest.sol";
import {CountersFuzz} from "../utils/CountersFuzz.sol";
import {Call, OperationBytes} from "../utils/OperationBytes.sol";
import {PolicyFixture} from "../utils/PolicyFixture.sol";
import {SessionKeyTest} from "../utils/SessionKeyTest.sol";

// Random operations and redemptions under a policy with a co-signer, each with a co-signature or without
// ├── accepted exactly when the slow model of all limits accepts it, and it carries a co-signature where its charge on
// │   some limit is above that limit's threshold, and none where none is
// └── what one lane is co-signed for serves neither the other nor a second time
contract CosignedLanesFuzzTest is CountersFuzz, CosignedRedemptionTest {
    uint256 private constant STEPS = 10;
    uint256 private constant FROM = 1_704_067_200;
    uint256 private constant TO = 2_019_686_400;

    function setUp() public override(SessionKeyTest, CosignedRedemptionTest) {
        CosignedRedemptionTest.setUp();
    }

    function _header() internal view override(PolicyFixture, CosignedRedemptionTest) returns (bytes memory) {
        return CosignedRedemptionTest._header();
    }

    function test_fuzz_bothLanes(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _randomOrder();
        _fixtureFromLimits();
        _randomThresholds();
        uint256 time = FROM + _random(TO - FROM);
        vm.warp(time);
        _grant();
        for (uint256 i; i < STEPS; ++i) {
            time += _random(3) * _random(40_000);
            vm.warp(time);
            if (_random(2) == 0) {
                _window(time, time + 1 + _random(4));
                _tryOperation();
            } else {
                _window(time, time);
                _tryRedemption();
            }
        }
    }

    /// @dev On each limit that is there one, mostly below what two or three calls charge.
    function _randomThresholds() private {
        for (uint256 i; i < order.length; ++i) {
            if (_random(3) != 0) _threshold(uint8(i), uint128(1 + _random(_small(meterLimits[order[i]].cap))));
        }
        if (nativeLimit.cap != 0) _threshold(NATIVE, uint128(1 + _random(_small(nativeLimit.cap) * 1e9)));
        if (thresholds.length == 0) delete cosigner;
    }

    function _small(uint256 cap) private pure returns (uint256) {
        return cap < 10 ? cap : 10;
    }

    function _needed(Operation memory op) private view returns (bool) {
        for (uint256 i; i < thresholds.length; ++i) {
            uint256 charge = thresholds[i].meterIndex == NATIVE ? op.wei_ : op.amounts[order[thresholds[i].meterIndex]];
            if (charge > thresholds[i].amount) return true;
        }
        return false;
    }

    function _tryOperation() private {
        (Operation memory op, Call[] memory calls, uint256 value) = _randomCalls();
        (op.wei_, op.native) = (value, (value + 1e9 - 1) / 1e9);
        Draft memory draft = _draft(calls);
        bool both = _withBoth(op);
        PackedUserOperation memory signedOp = both ? _cosigned(draft) : _signed(draft);
        bytes32 opHash = OperationBytes.hash(signedOp);
        vm.prank(ACCOUNT);
        try module.validateUserOp(signedOp, opHash) returns (uint256 data) {
            // In a policy without a co-signer its bytes belong to a signature that is not the key's.
            if (uint160(data) == 0) _mustHold(op, both);
            else assertTrue(both && cosigner.length == 0, "signature");
        } catch {
            _mustNotHold(op, both);
        }
    }

    function _tryRedemption() private {
        (Operation memory op, Call[] memory calls, uint256 value) = _randomCalls();
        (op.wei_, op.native) = (value, (value + 1e9 - 1) / 1e9);
        Redemption memory it = _redemption(calls);
        bool both = _withBoth(op);
        bool relayed = _random(2) == 0;
        bytes memory cosignature = both ? _cosignature(it) : bytes("");
        bytes memory context = relayed ? _relayedContext(it, cosignature) : _ownContext(it, cosignature);
        address sender = relayed ? RELAYER : key;
        vm.prank(sender, sender);
        try module.redeem(it.account, it.mode, it.executions, context) {
            _mustHold(op, both);
            if (both) _refusesSecondUse(it, cosignature);
        } catch {
            _mustNotHold(op, both);
        }
    }

    /// @dev Mostly as it should be.
    function _withBoth(Operation memory op) private returns (bool) {
        return _random(5) == 0 ? !_needed(op) : _needed(op);
    }

    function _mustHold(Operation memory op, bool both) private {
        assertTrue(_modelAllows(op), "accepted past a limit");
        assertEq(both, _needed(op), "accepted with the wrong signatures");
        _modelRecords(op);
    }

    function _mustNotHold(Operation memory op, bool both) private view {
        assertFalse(_modelAllows(op) && both == _needed(op), "refused within every limit");
    }

    function _refusesSecondUse(Redemption memory it, bytes memory cosignature) private {
        it.nonce = _state().usage.uses();
        bytes memory context = _relayedContext(it, cosignature);
        vm.prank(RELAYER, RELAYER);
        (bool done,) =
            address(module).call(abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, context)));
        assertFalse(done, "used twice");
    }
}
