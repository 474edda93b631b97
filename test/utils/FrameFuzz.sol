// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MeterWord} from "../../contracts/policy/MeterWord.sol";
import {DAY, LIFETIME, NEVER, OPERATION} from "./Codes.sol";
import {FrameTest} from "./FrameTest.sol";
import {Call} from "./OperationBytes.sol";
import {Meter} from "./PolicyBytes.sol";

/// @notice Random calls that move more, or less, than they say, and a model of what measuring must find.
/// @dev The model adds up signed amounts of the calls; it knows neither frames, nor snapshots, nor packed counters.
abstract contract FrameFuzz is FrameTest {
    /// @dev Caps that an operation is held to, in their own units; a cap of 0: there is none.
    struct Limit {
        uint256 cap;
        uint256 period;
        uint256 spent;
    }

    /// @dev What an operation says, and what it does.
    struct Plan {
        uint256 said;
        uint256 value;
        uint256 gas;
        int256 token;
        int256 native;
    }

    struct Before {
        uint256 token;
        uint256 native;
        Limit[5] model;
    }

    uint256 internal constant NATIVE_CAP = 0;
    uint256 internal constant METER = 1;
    uint256 internal constant SECOND_METER = 2;
    uint256 internal constant NATIVE_CEILING = 3;
    uint256 internal constant TOKEN_CEILING = 4;
    address private constant NATIVE = address(0);

    Limit[5] internal model;
    uint256 internal seed;
    uint256 internal time;
    uint256 private fee;

    /// @dev A random number below `size`.
    function _random(uint256 size) internal returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return seed % size;
    }

    /// @notice Small caps, so that about half of all operations pass one, of the key and of the account.
    function _randomLimits() internal {
        time = NOON;
        METERED.mint(address(ROUTER), 1e30);
        for (uint256 i; i < 5; ++i) {
            bool there = i == NATIVE_CAP || i == METER || _random(2) == 0;
            if (!there) continue;
            uint256 period = _random(3) == 0 ? OPERATION : _random(2) == 0 ? DAY : LIFETIME;
            model[i] = Limit(20 + _random(100), period, 0);
        }
        (limits.nativeCap, limits.nativePeriod) = (model[NATIVE_CAP].cap, model[NATIVE_CAP].period);
        (meters[0].cap, meters[0].period) = (uint128(model[METER].cap), uint8(model[METER].period));
        Limit memory second = model[SECOND_METER];
        if (second.cap != 0) meters.push(Meter(TOKEN, 1, uint8(second.period), uint128(second.cap)));
        // Native's is in wei.
        model[NATIVE_CEILING].cap *= 1 gwei;
        for (uint256 i = NATIVE_CEILING; i <= TOKEN_CEILING; ++i) {
            if (model[i].cap == 0) continue;
            vm.prank(ACCOUNT);
            module.setCeiling(_tokenOf(i), model[i].period, model[i].cap);
        }
    }

    /// @notice One to four calls; whether `leaks` may be among them: the account's own calls that no policy has seen.
    function _randomCalls(bool leaks) internal returns (Plan memory plan, Call[] memory calls) {
        if (_random(3) == 0) METERED.setFee(fee = _random(4));
        calls = new Call[](1 + _random(4));
        for (uint256 i; i < calls.length; ++i) calls[i] = _randomCall(plan, leaks);
    }

    function _randomCall(Plan memory plan, bool leaks) private returns (Call memory) {
        uint256 kind = _random(leaks ? 7 : 5);
        uint256 amount = _random(30);
        uint256 back = _random(40);
        if (kind == 0) {
            plan.said += amount;
            plan.token -= int256(amount + fee);
            return _transfer(amount);
        }
        if (kind == 1) {
            plan.token -= int256(amount);
            return _pull(amount);
        }
        if (kind == 2) {
            plan.token += int256(back) - int256(amount);
            return _swap(amount, TOKEN, back);
        }
        if (kind == 3) {
            // Bought, so that nothing comes back.
            plan.token -= int256(amount);
            return _swap(amount, address(BOUGHT), back);
        }
        if (kind == 4) {
            (amount, back) = (_random(30 gwei), _random(40 gwei));
            plan.value += amount;
            plan.native += int256(back) - int256(amount);
            return _throughRouter(amount, back);
        }
        if (kind == 5) {
            plan.token -= int256(amount + fee);
            return _leak(TOKEN, 0, abi.encodeWithSelector(TRANSFER, STRANGER, amount));
        }
        amount = _random(30 gwei);
        plan.native -= int256(amount);
        return _leak(STRANGER, amount, "");
    }

    /// @dev A call-back has the account make a call of its own.
    function _leak(address target, uint256 value, bytes memory data) private pure returns (Call memory) {
        Execution[] memory batch = new Execution[](1);
        batch[0] = Execution(target, value, data);
        return _callBack(ACCOUNT, abi.encodeWithSignature("execute(bytes32,bytes)", 0, abi.encode(batch)));
    }

    struct Execution {
        address target;
        uint256 value;
        bytes callData;
    }

    // ------------------------------------------------------------------ the model

    /// @notice Moves the clock by nothing or a day; the day's counters begin anew.
    function _pass() internal {
        if (_random(4) != 0) return;
        time += 1 days;
        vm.warp(time);
        _window(time, time + 59);
        for (uint256 i; i < 5; ++i) if (model[i].period == DAY) model[i].spent = 0;
    }

    /// @notice What the operation is charged for what it says.
    function _charge(Plan memory plan, uint256 limit) internal pure returns (uint256) {
        if (limit == NATIVE_CEILING) return plan.value + plan.gas;
        return limit == NATIVE_CAP ? _gwei(plan.value + plan.gas) : plan.said;
    }

    /// @notice What it does beyond that, in wei or token units.
    function _excess(Plan memory plan, uint256 limit) internal pure returns (uint256) {
        bool native = limit == NATIVE_CAP || limit == NATIVE_CEILING;
        int256 moved = native ? plan.native : plan.token;
        uint256 said = native ? plan.value : plan.said;
        return moved < 0 && uint256(-moved) > said ? uint256(-moved) - said : 0;
    }

    /// @notice Whether every cap holds what the operation says.
    function _modelValidates(Plan memory plan) internal view returns (bool) {
        for (uint256 i; i < 5; ++i) {
            if (model[i].cap != 0 && model[i].spent + _charge(plan, i) > model[i].cap) return false;
        }
        return true;
    }

    function _modelCharges(Plan memory plan) internal {
        for (uint256 i; i < 5; ++i) {
            if (model[i].cap != 0 && model[i].period != OPERATION) model[i].spent += _charge(plan, i);
        }
    }

    /// @notice Whether every cap holds what it did, too.
    function _modelMeasures(Plan memory plan) internal view returns (bool) {
        for (uint256 i; i < 5; ++i) if (_isPassed(plan, i)) return false;
        return true;
    }

    function _modelChargesExcess(Plan memory plan) internal {
        for (uint256 i; i < 5; ++i) {
            if (model[i].cap != 0 && model[i].period != OPERATION) model[i].spent += _counted(plan, i);
        }
    }

    function _before() internal view returns (Before memory) {
        return Before(METERED.balanceOf(ACCOUNT), ACCOUNT.balance, model);
    }

    /// @notice The key's own counter of the token rose by what left, as balances tell, or by what was said if that is more.
    function _requireCharged(Plan memory plan, Before memory before) internal {
        _modelChargesExcess(plan);
        if (model[METER].period == OPERATION) return;
        uint256 afterwards = METERED.balanceOf(ACCOUNT);
        uint256 left = before.token > afterwards ? before.token - afterwards : 0;
        uint256 charged = _tokenSpent() - before.model[METER].spent;
        assertEq(charged, left > plan.said ? left : plan.said, "charged is what left");
    }

    function _requireNothingMoved(Before memory before) internal view {
        assertEq(METERED.balanceOf(ACCOUNT), before.token, "no token moved");
        assertEq(ACCOUNT.balance, before.native, "no native moved");
    }

    /// @notice The answer is what one of the passed caps says, with its figures.
    function _requireReason(Plan memory plan, bytes memory answer) internal view {
        for (uint256 i; i < 5; ++i) {
            if (_isPassed(plan, i) && keccak256(answer) == keccak256(_reason(plan, i))) return;
        }
        assertEq(answer, "", "no cap that is passed says so");
    }

    /// @notice Every counter of the module is the model's.
    function _requireCounters() internal view {
        // The word of an earlier day stands until an operation brings it to the next.
        bool today = _state().usage.lastUntil() >= time;
        if (today || model[NATIVE_CAP].period != DAY) {
            assertEq(_state().usage.nativeSpent(), model[NATIVE_CAP].spent, "native");
        }
        if (today || model[METER].period != DAY) {
            assertEq(_state().usage.meterSpent(), model[METER].spent, "first meter");
        }
        if (model[SECOND_METER].cap != 0 && _state().meters[1].windowIndex() == _index(model[SECOND_METER].period)) {
            assertEq(_state().meters[1].spent(), model[SECOND_METER].spent, "second meter");
        }
        for (uint256 i = NATIVE_CEILING; i <= TOKEN_CEILING; ++i) {
            if (model[i].cap == 0) continue;
            (,, MeterWord word,) = module.ceiling(ACCOUNT, _tokenOf(i));
            if (word.windowIndex() == _index(model[i].period)) assertEq(word.spent(), model[i].spent, "ceiling");
        }
    }

    /// @notice A word of an earlier day says what was spent on it.
    function _index(uint256 period) private view returns (uint256) {
        return period == DAY ? time / 1 days : 0;
    }

    function _counted(Plan memory plan, uint256 limit) private pure returns (uint256) {
        uint256 excess = _excess(plan, limit);
        return limit == NATIVE_CAP ? _gwei(excess) : excess;
    }

    function _spentBefore(Plan memory plan, uint256 limit) private view returns (uint256) {
        return model[limit].period == OPERATION ? _charge(plan, limit) : model[limit].spent;
    }

    function _isPassed(Plan memory plan, uint256 limit) private view returns (bool) {
        return model[limit].cap != 0 && _spentBefore(plan, limit) + _counted(plan, limit) > model[limit].cap;
    }

    function _reason(Plan memory plan, uint256 limit) private view returns (bytes memory) {
        (uint256 cap, uint256 spent, uint256 excess) = (model[limit].cap, _spentBefore(plan, limit), _excess(plan, limit));
        uint256 end = model[limit].period == DAY ? time + 12 hours : NEVER;
        if (limit == NATIVE_CAP) {
            return abi.encodeWithSelector(NativeLimitExceeded.selector, cap * 1 gwei, spent * 1 gwei, excess, end);
        }
        if (limit >= NATIVE_CEILING) {
            return abi.encodeWithSelector(CeilingExceeded.selector, _tokenOf(limit), cap, spent, excess, end);
        }
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, limit - METER, cap, spent, excess, end);
    }

    function _tokenOf(uint256 limit) private pure returns (address) {
        return limit == NATIVE_CEILING ? NATIVE : TOKEN;
    }

    function _gwei(uint256 amount) private pure returns (uint256) {
        return (amount + 1 gwei - 1) / 1 gwei;
    }
}
