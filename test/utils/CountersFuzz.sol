// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, EXACT, LIFETIME, MINUTE, MOVES_NOTHING, OPERATION} from "./Codes.sol";
import {Call, OperationBytes} from "./OperationBytes.sol";
import {Meter, PolicyBytes} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";
import {SlowCounters} from "./SlowCounters.sol";

/// @notice Random policies and operations, given to the module and to {SlowCounters} alike.
abstract contract CountersFuzz is SessionKeyTest, SlowCounters {
    /// @dev The meter that counts what a permission's path reaches.
    uint256 private constant NUMBERED = 2;
    /// @dev The meter that counts every call.
    uint256 private constant CALLS = 3;

    uint256 internal seed;
    uint256 internal accepted;

    /// @dev A random number below `size`.
    function _random(uint256 size) internal returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return seed % size;
    }

    /// @notice Small caps, so that half of all operations pass one; any periods; each limit there or not.
    function _randomLimits() internal {
        nativeLimit = _random(4) == 0 ? Limit(0, 0) : Limit(5 + _random(40), _randomPeriod(OPERATION));
        rateLimit = _random(2) == 0 ? Limit(0, 0) : Limit(3 + _random(15), _randomPeriod(MINUTE));
        quota = _random(3) == 0 ? 5 + _random(20) : 0;
        cooldownSeconds = _random(8) == 0 ? 1 + _random(100) : 0;
        for (uint256 i; i < 4; ++i) meterLimits[i] = Limit(5 + _random(40), _randomPeriod(OPERATION));
    }

    /// @notice Ceilings of some kinds, set in the module and in the model.
    function _randomCeilings() internal {
        for (uint256 i; i < 3; ++i) {
            if (_random(3) == 0) continue;
            ceilings[i] = Limit((5 + _random(40)) * (i == 0 ? 1e9 : 1), _randomPeriod(OPERATION));
            vm.prank(ACCOUNT);
            module.setCeiling(i == 0 ? address(0) : _token(i - 1), ceilings[i].period, ceilings[i].cap);
        }
    }

    function _randomOrder() internal {
        delete order;
        uint256 count = _random(5);
        uint256 first = _random(4);
        // 1 or 3: every meter once, whatever the first.
        uint256 step = 1 + 2 * _random(2);
        for (uint256 i; i < count; ++i) order.push((first + i * step) % 4);
    }

    /// @notice Brings the fixture to the limits and the order of meters.
    function _fixtureFromLimits() internal {
        _clearPolicy();
        (limits.nativeCap, limits.nativePeriod) = (nativeLimit.cap, nativeLimit.period);
        (limits.rateLimit, limits.ratePeriod) = (rateLimit.cap, rateLimit.period);
        (limits.maxUses, limits.cooldown) = (quota, cooldownSeconds);
        (limits.validAfter, limits.validUntil) = (0, 2 ** 36 - 1);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1e18));
        for (uint256 i; i < order.length; ++i) {
            uint256 id = order[i];
            address subject = id < NUMBERED ? _token(id) : address(uint160(300 + id));
            uint8 tag = id == CALLS ? 255 : uint8(id);
            meters.push(Meter(subject, tag, meterLimits[id].period, uint128(meterLimits[id].cap)));
            if (id == CALLS) {
                _permit(EXACT, MOVES_NOTHING, _token(id), PING);
            } else if (id == NUMBERED) {
                bytes memory body = PolicyBytes.chargesBody(PolicyBytes.amountCharge(uint8(i), 1));
                _permit(EXACT, MOVES_NOTHING, _token(id), PING, body);
            } else {
                _permit(EXACT, CHARGED, _token(id), TRANSFER);
            }
        }
    }

    /// @notice One to three calls in the window; the module's verdict must be the model's.
    function _tryRandomOperation() internal {
        (Operation memory op, Call[] memory calls, uint256 value) = _randomCalls();
        Draft memory draft = _draft(calls);
        uint256 gas_ = _random(3) == 0 ? _random(3e9) : 0;
        _gas(draft, gas_, 1);
        op.wei_ = value + gas_;
        op.native = (value + gas_ + 1e9 - 1) / 1e9;
        PackedUserOperation memory signedOp = _signed(draft);
        bytes32 opHash = OperationBytes.hash(signedOp);
        vm.prank(ACCOUNT);
        try module.validateUserOp(signedOp, opHash) returns (uint256 data) {
            assertEq(uint160(data), 0, "signature");
            _wasAccepted(op);
        } catch (bytes memory problem) {
            _wasRefused(op, problem);
        }
    }

    function _randomCalls() internal returns (Operation memory op, Call[] memory calls, uint256 value) {
        op = Operation(windowStart, windowEnd, 0, 1 + _random(3), [uint256(0), 0, 0, 0], 0);
        // A meter that the header has not counts nothing, should an update bring it back.
        for (uint256 i; i < order.length; ++i) if (order[i] == CALLS) op.amounts[CALLS] = op.calls;
        calls = new Call[](op.calls);
        for (uint256 i; i < op.calls; ++i) {
            uint256 place = _random(order.length + 1);
            if (place == order.length) {
                calls[i] = _ping();
                if (_random(2) == 0) calls[i].value = _random(8e9);
                value += calls[i].value;
            } else {
                uint256 amount = _random(8);
                uint256 id = order[place];
                if (id != CALLS) op.amounts[id] += amount;
                bytes4 selector = id < NUMBERED ? TRANSFER : PING;
                calls[i] = Call(_token(id), 0, abi.encodeWithSelector(selector, RECIPIENT, amount), 1 + place);
            }
        }
    }

    function _wasAccepted(Operation memory op) internal {
        assertTrue(_modelAllows(op), "accepted past a limit");
        _modelRecords(op);
        ++accepted;
    }

    function _wasRefused(Operation memory op, bytes memory problem) internal view {
        assertTrue(bytes4(problem) != bytes4(keccak256("Panic(uint256)")), "panic");
        assertFalse(_modelAllows(op), "refused within every limit");
    }

    function _token(uint256 id) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("token", id)))));
    }

    function _randomPeriod(uint256 shortest) private returns (uint8) {
        return uint8(shortest + _random(LIFETIME + 1 - shortest));
    }
}
