// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ACTIVE,
    COOLDOWN_IN_MINUTES,
    DIRECT_LANE,
    EXACT,
    LIFETIME,
    MEASURED,
    MINUTE,
    MOVES_NOTHING,
    OPERATION,
    PAUSED
} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// grant: the settings word
// ├── flags: allows ACTIVE, and ACTIVE with minutes; refuses each other of the 256
// ├── minutes: need a cooldown
// ├── validUntil
// │   ├── refuses none, one past, and the block's own second; allows the next second
// │   └── refuses validAfter's own second, allows the next
// ├── a start in the past and one in the future are both fine
// ├── native: cap and period both or none; allows OPERATION … LIFETIME, refuses codes past it
// └── rate: limit and period both or none; allows MINUTE … LIFETIME, refuses OPERATION and codes past it
contract GrantSettingsTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_flags() public {
        limits.cooldown = 1;
        for (uint256 flags; flags < 256; ++flags) {
            limits.flags = flags;
            if (flags & ~uint256(COOLDOWN_IN_MINUTES | MEASURED | DIRECT_LANE) == ACTIVE) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(FlagsInvalid.selector, flags));
        }
        limits.flags = ACTIVE | PAUSED;
        _refusesGrant(abi.encodeWithSelector(FlagsInvalid.selector, ACTIVE | PAUSED));
    }

    function test_minutesNeedACooldown() public {
        limits.flags = ACTIVE | COOLDOWN_IN_MINUTES;
        _refusesGrant(abi.encodeWithSelector(CooldownInvalid.selector));
        limits.cooldown = 1;
        _grantsNext();
    }

    function test_expiry() public {
        uint256 from = limits.validAfter;
        uint256[4] memory wrong = [0, 1, NOON - 1, NOON];
        for (uint256 i; i < 4; ++i) {
            limits.validUntil = wrong[i];
            _refusesGrant(abi.encodeWithSelector(ExpiryInvalid.selector, from, wrong[i], NOON));
        }
        limits.validUntil = NOON + 1;
        _grantsNext();
        limits.validUntil = 2 ** 36 - 1;
        _grantsNext();
    }

    function test_startBeforeEnd() public {
        limits.validAfter = NOON + 100;
        limits.validUntil = NOON + 99;
        _refusesGrant(abi.encodeWithSelector(ExpiryInvalid.selector, NOON + 100, NOON + 99, NOON));
        limits.validUntil = NOON + 100;
        _refusesGrant(abi.encodeWithSelector(ExpiryInvalid.selector, NOON + 100, NOON + 100, NOON));
        limits.validUntil = NOON + 101;
        _grantsNext();
        limits.validAfter = 0;
        _grantsNext();
    }

    function test_native() public {
        for (uint256 period; period < 16; ++period) {
            (limits.nativeCap, limits.nativePeriod) = (1, period);
            if (period >= OPERATION && period <= LIFETIME) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(LimitIncomplete.selector, 0, 1, period));

            limits.nativeCap = 0;
            if (period == 0) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(LimitIncomplete.selector, 0, 0, period));
        }
    }

    function test_rate() public {
        for (uint256 period; period < 16; ++period) {
            (limits.rateLimit, limits.ratePeriod) = (1, period);
            if (period >= MINUTE && period <= LIFETIME) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(LimitIncomplete.selector, 1, 1, period));

            limits.rateLimit = 0;
            if (period == 0) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(LimitIncomplete.selector, 1, 0, period));
        }
    }
}
