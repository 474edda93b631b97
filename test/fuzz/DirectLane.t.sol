// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../contracts/policy/Periods.sol";
import {Call} from "../utils/OperationBytes.sol";
import {CountersFuzz} from "../utils/CountersFuzz.sol";
import {DirectLaneTest} from "../utils/DirectLaneTest.sol";
import {SessionKeyTest} from "../utils/SessionKeyTest.sol";

// Random operations and redemptions of one key, in turn
// ├── each accepted exactly when the slow model accepts it, which knows of one budget and of no lanes
// │   └── to which a redemption is an operation without gas whose window is the block's time
// ├── under ceilings of the account too
// └── at and around every boundary of the calendar, operations ahead of the clock included
contract DirectLaneFuzzTest is CountersFuzz, DirectLaneTest {
    uint256 private constant STEPS = 12;
    uint256 private constant FROM = 1_704_067_200;
    uint256 private constant TO = 2_019_686_400;

    function setUp() public override(SessionKeyTest, DirectLaneTest) {
        DirectLaneTest.setUp();
    }

    function test_fuzz_bothLanes(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _runBothLanes();
    }

    function test_fuzz_bothLanesUnderCeilings(uint256 seed_) public {
        seed = seed_;
        _randomLimits();
        _randomCeilings();
        _runBothLanes();
    }

    function _runBothLanes() private {
        _randomOrder();
        _fixtureFromLimits();
        uint256 time = FROM + _random(TO - FROM);
        vm.warp(time);
        _grant();
        for (uint256 i; i < STEPS; ++i) {
            time = _later(time);
            vm.warp(time);
            if (_random(2) == 0) {
                // An operation may be validated for a window that has yet to begin.
                uint256 start = _random(4) == 0 ? _later(time) : time;
                _window(start, start + 1 + _random(4));
                _tryRandomOperation();
            } else {
                _tryRandomRedemption(time);
            }
        }
    }

    function _tryRandomRedemption(uint256 time) private {
        _window(time, time);
        (Operation memory op, Call[] memory calls, uint256 value) = _randomCalls();
        (op.wei_, op.native) = (value, (value + 1e9 - 1) / 1e9);
        Redemption memory it = _redemption(calls);
        bool relayed = _random(2) == 0;
        bytes memory context = relayed ? _signedContext(it) : _context(it);
        address sender = relayed ? RELAYER : key;
        vm.prank(sender, sender);
        try module.redeem(it.account, it.mode, it.executions, context) {
            _wasAccepted(op);
        } catch (bytes memory problem) {
            _wasRefused(op, problem);
        }
    }

    function _later(uint256 time) private returns (uint256) {
        uint256 choice = _random(3);
        if (choice == 0) return time;
        if (choice == 1) return time + _random(100);
        uint256 near = Periods.end(2 + _random(6), time) - 3 + _random(5);
        return near > time ? near : time;
    }
}
