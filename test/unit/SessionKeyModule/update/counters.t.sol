// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ACTIVE, DAY, HOUR, LIFETIME, MINUTE, OPERATION, WEEK} from "../../../utils/Codes.sol";
import {UpdateTest} from "../../../utils/UpdateTest.sol";

// update: what was counted
// ├── inside its window, each counter stays: native, rate, quota, first meter, later meter
// ├── after its window, each counter is zero, but for the quota
// ├── LIFETIME stays for good
// ├── a lower cap than what is spent leaves nothing, and opens nothing
// ├── a higher cap leaves the difference
// ├── a changed period carries what a live window has spent: into the new window, and out of it when that ends
// ├── a limit that is added starts at zero
// ├── updating over and over gives nothing back
// └── T and cooldown
//     ├── T becomes the block's time: a cooldown starts anew
//     └── also where the last window ends later: what it counted stays counted, if its window has not ended
contract UpdateCountersTest is UpdateTest {
    function _spendAll() private {
        (limits.nativeCap, limits.nativePeriod) = (100, DAY);
        (limits.rateLimit, limits.ratePeriod, limits.maxUses) = (10, HOUR, 100);
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, WEEK, 100);
        _start();
        _accepts(_fund(60e9));
        _accepts(_pay(TOKEN, 70));
        _accepts(_pay(OTHER, 80));
    }

    function test_insideTheWindow() public {
        _spendAll();
        _at(NOON + 30 minutes);
        _update();
        assertEq(_state().usage.uses(), 3, "uses");
        assertEq(_state().usage.rateCount(), 3, "rateCount");
        _refuses(_fund(40e9 + 1), abi.encodeWithSelector(
            NativeLimitExceeded.selector, 100e9, 60e9, 40e9 + 1, NOON + 12 hours
        ));
        _refuses(_pay(TOKEN, 31), _over(TOKEN, 100, 70, 31, NOON + 12 hours));
        _refuses(_pay(OTHER, 21), _over(OTHER, 100, 80, 21, NOON + 4 days + 12 hours));
        _accepts(_fund(40e9));
        _accepts(_pay(TOKEN, 30));
        _accepts(_pay(OTHER, 20));
    }

    function test_afterTheWindow() public {
        _spendAll();
        _at(NOON + 1 hours);
        _update();
        assertEq(_state().usage.rateCount(), 0, "a new hour");
        assertEq(_state().usage.nativeSpent(), 60, "the same day");
        _at(NOON + 12 hours);
        _update();
        assertEq(_state().usage.nativeSpent(), 0, "a new day");
        assertEq(_state().usage.meterSpent(), 0, "a new day");
        assertEq(_state().usage.uses(), 3, "uses are for good");
        _refuses(_pay(OTHER, 21), _over(OTHER, 100, 80, 21, NOON + 4 days + 12 hours));
        _at(NOON + 4 days + 12 hours);
        _update();
        _accepts(_pay(OTHER, 100));
    }

    function test_lifetime() public {
        (limits.nativeCap, limits.nativePeriod, limits.rateLimit, limits.ratePeriod) = (100, LIFETIME, 10, LIFETIME);
        _meter(TOKEN, LIFETIME, 100);
        _meter(OTHER, LIFETIME, 100);
        _start();
        _accepts(_fund(60e9));
        _accepts(_pay(TOKEN, 70));
        _accepts(_pay(OTHER, 80));
        _at(NOON + 500 days);
        _update();
        assertEq(_state().usage.nativeSpent(), 60, "native");
        assertEq(_state().usage.rateCount(), 3, "rate");
        assertEq(_state().usage.meterSpent(), 70, "first");
        assertEq(_state().meters[1].spent(), 80, "later");
    }

    function test_lowerCap() public {
        _spendAll();
        (limits.nativeCap, limits.rateLimit, limits.maxUses) = (50, 2, 2);
        (meters[0].cap, meters[1].cap) = (50, 50);
        _update();
        _refuses(_ping(), abi.encodeWithSelector(RateLimitExceeded.selector, 2, 3, 1, NOON + 1 hours));
        limits.rateLimit = 10;
        _update();
        _refuses(_ping(), abi.encodeWithSelector(QuotaExceeded.selector, 2, 3, 1));
        limits.maxUses = 10;
        _update();
        _refuses(_fund(1), abi.encodeWithSelector(NativeLimitExceeded.selector, 50e9, 60e9, 1, NOON + 12 hours));
        _refuses(_pay(TOKEN, 1), _over(TOKEN, 50, 70, 1, NOON + 12 hours));
        _refuses(_pay(OTHER, 1), _over(OTHER, 50, 80, 1, NOON + 4 days + 12 hours));
        // What costs nothing passes, and tells that nothing is left.
        assertEq(module.preview(_signed(_draft(_ping()))).nativeLeft, 0, "nativeLeft");
        assertEq(module.preview(_signed(_draft(_ping()))).meterLeft[0], 0, "first meterLeft");
        assertEq(module.preview(_signed(_draft(_ping()))).meterLeft[1], 0, "later meterLeft");
        _accepts(_ping());
    }

    function test_higherCap() public {
        _spendAll();
        (limits.nativeCap, meters[0].cap, meters[1].cap) = (200, 200, 200);
        _update();
        _refuses(_fund(140e9 + 1), abi.encodeWithSelector(
            NativeLimitExceeded.selector, 200e9, 60e9, 140e9 + 1, NOON + 12 hours
        ));
        _refuses(_pay(TOKEN, 131), _over(TOKEN, 200, 70, 131, NOON + 12 hours));
        _refuses(_pay(OTHER, 121), _over(OTHER, 200, 80, 121, NOON + 4 days + 12 hours));
        _accepts(_fund(140e9));
        _accepts(_pay(TOKEN, 130));
        _accepts(_pay(OTHER, 120));
    }

    function test_changedPeriod() public {
        _spendAll();
        (limits.nativePeriod, meters[0].period, meters[1].period) = (HOUR, WEEK, HOUR);
        _update();
        _refuses(_fund(41e9), abi.encodeWithSelector(
            NativeLimitExceeded.selector, 100e9, 60e9, 41e9, NOON + 1 hours
        ));
        _refuses(_pay(TOKEN, 31), _over(TOKEN, 100, 70, 31, NOON + 4 days + 12 hours));
        _refuses(_pay(OTHER, 21), _over(OTHER, 100, 80, 21, NOON + 1 hours));
        _at(NOON + 1 hours);
        _accepts(_fund(100e9));
        _accepts(_pay(OTHER, 100));
        _refuses(_pay(TOKEN, 31), _over(TOKEN, 100, 70, 31, NOON + 4 days + 12 hours));
    }

    function test_addedLimit() public {
        _start();
        _accepts(_ping());
        (limits.nativeCap, limits.nativePeriod, limits.rateLimit, limits.ratePeriod) = (100, DAY, 2, HOUR);
        limits.maxUses = 2;
        _meter(TOKEN, DAY, 100);
        _update();
        _accepts(_fund(100e9));
        // The quota is over the whole grant, what came before the update with it.
        _refuses(_pay(TOKEN, 1), abi.encodeWithSelector(QuotaExceeded.selector, 2, 2, 1));
        limits.maxUses = 0;
        _update();
        _accepts(_pay(TOKEN, 100));
        _refuses(_ping(), abi.encodeWithSelector(RateLimitExceeded.selector, 2, 2, 1, NOON + 1 hours));
    }

    function test_overAndOver() public {
        _spendAll();
        for (uint256 i; i < 5; ++i) _update();
        assertEq(_state().usage.nativeSpent(), 60, "native");
        assertEq(_state().usage.rateCount(), 3, "rate");
        assertEq(_state().usage.meterSpent(), 70, "first");
        assertEq(_state().meters[1].spent(), 80, "later");
    }

    function test_cooldownStartsAnew() public {
        (limits.cooldown, limits.flags) = (600, ACTIVE);
        _start();
        _update();
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 600, NOON));
        _at(NOON + 300);
        _update();
        assertEq(_state().usage.lastUntil(), NOON + 300, "T");
        _at(NOON + 899);
        _refuses(_ping(), abi.encodeWithSelector(CooldownActive.selector, NOON + 900, NOON + 899));
        _at(NOON + 900);
        _accepts(_ping());
    }

    function test_timeIsTheBlocks() public {
        (limits.rateLimit, limits.ratePeriod) = (1, MINUTE);
        _start();
        _accepts(_ping());
        assertEq(_state().usage.lastUntil(), NOON + 59, "T of the operation");
        uint256 now_ = block.timestamp;
        _update();
        assertEq(_state().usage.lastUntil(), now_, "T");
        // What was counted landed before the update, in the same minute: it still counts.
        _refuses(_ping(), abi.encodeWithSelector(RateLimitExceeded.selector, 1, 1, 1, NOON + 60));
    }

    function test_operationStoresNothing() public {
        _spendAll();
        (limits.nativePeriod, meters[0].period) = (OPERATION, OPERATION);
        _update();
        _accepts(_fund(100e9));
        _accepts(_pay(TOKEN, 100));
        assertEq(_state().usage.nativeSpent(), 0, "native");
        assertEq(_state().usage.meterSpent(), 0, "first");
    }

    function _over(address token, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, token, 0, cap, spent, attempted, resetsAt);
    }
}
