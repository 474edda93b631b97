// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    CHARGED,
    DAY,
    EXACT,
    HOUR,
    LIFETIME,
    MOVES_NOTHING,
    NEVER
} from "../../../utils/Codes.sol";
import {BATCH_TRY, Call, SINGLE_TRY} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {DirectLaneTest} from "../../../utils/DirectLaneTest.sol";

// redeem: the rules, those of the bundler lane with the block's time
// ├── native cap, token cap, second meter, rate, quota: allows the last unit, refuses the next
// │   ├── and the counters are those of the bundler lane, in both directions
// │   └── a new period starts at zero, at its first second
// ├── cooldown: from the redemption's own time, and from the end of an operation's window
// ├── a period before the one that was counted is refused
// ├── the key's own first and last second
// ├── mode: single and batch; never try, never delegate call, nothing else
// ├── no gas is charged, whoever pays for it
// ├── forbidden targets, calls without permission, empty batches, call data in two readings
// └── a call that fails is the redemption's failure, and counts nothing
contract RedeemRulesTest is DirectLaneTest {
    uint256 private constant PAY = 1;
    uint256 private constant GIVE = 2;
    uint256 private constant MIDNIGHT = NOON + 12 hours;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (100, DAY);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 150));
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, bytes4(0x12345678), PolicyBytes.maxValueBody(1 ether));
    }

    function test_tokenCaps() public {
        _grant();
        _redeemable(_paying(60));
        _notRedeemable(_paying(41), _overCap(60, 41));
        _redeemable(_paying(40));
        _notRedeemable(_paying(1), _overCap(100, 1));
        vm.warp(MIDNIGHT - 1);
        _notRedeemable(_paying(1), _overCap(100, 1));
        vm.warp(MIDNIGHT);
        _redeemable(_paying(50));
        _notRedeemable(
            _paying(1), abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 1, 150, 150, 1, NEVER)
        );
        assertEq(_state().usage.lastUntil(), MIDNIGHT, "T is the block's time");
    }

    function test_oneBudgetForBothLanes() public {
        _grant();
        _accepts(_paying(70));
        _notRedeemable(_paying(31), _overCap(70, 31));
        _redeemable(_paying(30));
        assertEq(_state().usage.lastUntil(), windowEnd, "T does not go back");
        _refuses(_paying(1), _overCap(100, 1));
        assertEq(_state().usage.uses(), 2, "uses");
        assertEq(_state().meters[1].spent(), 100, "second meter");
    }

    function test_native() public {
        _grant();
        _redeemable(_giving(100 gwei - 1));
        assertEq(_state().usage.nativeSpent(), 100, "rounded up to gwei");
        _notRedeemable(
            _giving(1), abi.encodeWithSelector(NativeLimitExceeded.selector, 100 gwei, 100 gwei, 1, MIDNIGHT)
        );
        assertEq(APP.balance, 100 gwei - 1, "paid by the account");
        vm.warp(MIDNIGHT);
        _redeemable(_giving(100 gwei));
    }

    function test_noGasIsCharged() public {
        (limits.nativeCap, limits.nativePeriod) = (0, 0);
        permissions.pop();
        _grant();
        Redemption memory it = _redemption(_ping());
        assertEq(_preview(it).nativeCharge, 0, "nativeCharge");
        _accepts(it);
    }

    function test_rateAndQuota() public {
        (limits.rateLimit, limits.ratePeriod, limits.maxUses) = (3, HOUR, 4);
        _grant();
        _accepts(_redemption(_pings(2)));
        _refuses(
            _redemption(_pings(2)), abi.encodeWithSelector(RateLimitExceeded.selector, 3, 2, 2, NOON + 1 hours)
        );
        _accepts(_ping());
        _notRedeemable(_ping(), abi.encodeWithSelector(RateLimitExceeded.selector, 3, 3, 1, NOON + 1 hours));
        vm.warp(NOON + 1 hours);
        _refuses(_redemption(_pings(2)), abi.encodeWithSelector(QuotaExceeded.selector, 4, 3, 2));
        _redeemable(_ping());
        _notRedeemable(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, 4, 4, 1));
    }

    function test_cooldown() public {
        limits.cooldown = 60;
        _grant();
        vm.warp(NOON + 7);
        _redeemable(_ping());
        vm.warp(NOON + 66);
        _notRedeemable(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 67, NOON + 66));
        vm.warp(NOON + 67);
        _redeemable(_ping());
        _window(NOON + 127, NOON + 150);
        _accepts(_ping());
        vm.warp(NOON + 209);
        _notRedeemable(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 210, NOON + 209));
        vm.warp(NOON + 210);
        _redeemable(_ping());
        _window(NOON + 269, NOON + 300);
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 270, NOON + 269));
    }

    function test_beforeWhatWasCounted() public {
        _grant();
        _window(MIDNIGHT, MIDNIGHT + 10);
        _accepts(_paying(1));
        vm.warp(MIDNIGHT - 1);
        _notRedeemable(
            _paying(1), abi.encodeWithSelector(WindowBeforeCounted.selector, DAY, MIDNIGHT - 1, MIDNIGHT + 10)
        );
        vm.warp(MIDNIGHT);
        _redeemable(_paying(1));
    }

    function test_keysOwnWindow() public {
        (limits.validAfter, limits.validUntil) = (NOON + 100, NOON + 200);
        _grant();
        Redemption memory it = _redemption(_ping());
        it.validUntil = NOON + 1000;
        uint256[2] memory outside = [NOON + 99, NOON + 201];
        for (uint256 i; i < 2; ++i) {
            vm.warp(outside[i]);
            _refuses(
                it,
                abi.encodeWithSelector(
                    WindowOutsideKey.selector, outside[i], outside[i], NOON + 100, NOON + 200
                )
            );
        }
        vm.warp(NOON + 100);
        _accepts(it);
        it.nonce = 1;
        vm.warp(NOON + 200);
        _accepts(it);
    }

    function test_modes() public {
        _grant();
        Redemption memory it = _redemption(_ping());
        bytes32[5] memory modes =
            [SINGLE_TRY, BATCH_TRY, bytes32(uint256(0xff) << 248), bytes32(uint256(2) << 248), bytes32(uint256(1))];
        for (uint256 i; i < 5; ++i) {
            it.mode = modes[i];
            _refuses(it, abi.encodeWithSelector(ModeForbidden.selector, modes[i]));
        }
    }

    function test_targetsAndPermissions() public {
        _grant();
        address[6] memory targets =
            [ACCOUNT, address(module), address(0), ENTRY_POINT, STRANGER, TOKEN];
        for (uint256 i; i < 6; ++i) {
            Call memory call = Call(targets[i], 0, abi.encodeWithSelector(PING, 1), 0);
            bytes memory problem = i < 4
                ? abi.encodeWithSelector(TargetForbidden.selector, 0, targets[i])
                : abi.encodeWithSelector(CallNotPermitted.selector, 0, targets[i], PING, _policyRoot());
            _notRedeemable(call, problem);
        }
    }

    function test_encoding() public {
        _grant();
        _refuses(_redemption(new Call[](0)), abi.encodeWithSelector(BatchEmpty.selector));
        Redemption memory it = _redemption(_pings(1));
        it.executions = abi.encodePacked(it.executions, uint256(0));
        _refuses(it, abi.encodeWithSelector(CallDataMalformed.selector, 100 + it.executions.length - 32));
        it = _redemption(_ping());
        it.executions = abi.encodePacked(APP, uint248(0));
        _refuses(it, abi.encodeWithSelector(CallDataMalformed.selector, 68));
        it = _redemption(_ping());
        it.evidence = abi.encodePacked(it.evidence, uint8(0));
        _refuses(it, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + it.evidence.length - 1));
    }

    function test_failingCall() public {
        _grant();
        // Reverts with the word 7.
        vm.etch(APP, hex"60075f5260205ffd");
        Redemption memory it = _redemption(_ping());
        _preview(it);
        bytes memory context = _context(it);
        vm.prank(key, key);
        vm.expectRevert(abi.encode(uint256(7)));
        module.redeem(it.account, it.mode, it.executions, context);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_paying(10), _ping());
        it = _redemption(calls);
        bytes memory signed_ = _signedContext(it);
        _refusesRelay(it, signed_, abi.encode(uint256(7)));
        assertEq(_state().usage.uses(), 0, "nothing counted");
        vm.etch(APP, hex"00");
        _relay(it, signed_);
        assertEq(_state().usage.uses(), 2, "counted once");
    }

    function _paying(uint256 amount) private pure returns (Call memory call) {
        call = _transfer(amount);
        call.permission = PAY;
    }

    function _giving(uint256 value) private pure returns (Call memory) {
        return Call(APP, value, hex"12345678", GIVE);
    }

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) calls[i] = _ping();
    }

    function _overCap(uint256 spent, uint256 attempted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, spent, attempted, MIDNIGHT);
    }
}
