// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, HOUR, LIFETIME, MONTH, NEVER, OPERATION, WEEK} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: token caps
// ├── one meter: to exactly its cap, one unit more is refused with what is spent and when it resets
// ├── several periods over one token: every one of them holds, the tightest names itself
// ├── several tokens: each counts for itself
// ├── OPERATION: holds per operation over the whole batch, stores nothing, as first and as later meter
// ├── the first meter's largest cap (96 bits) and a later meter's (128 bits) count to the last unit
// ├── the first meter needs its window in every operation, a later one only when it is charged
// └── an operation that charges nothing leaves what is spent
contract ValidateMetersTest is SessionKeyTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));

    function setUp() public override {
        super.setUp();
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
    }

    function test_boundary() public {
        _meter(TOKEN, DAY, 100);
        _grant();
        _refuses(_transfer(101), _over(TOKEN, 0, 100, 0, 101, NOON + 12 hours));
        _accepts(_transfer(99));
        _refuses(_transfer(2), _over(TOKEN, 0, 100, 99, 2, NOON + 12 hours));
        _accepts(_transfer(1));
        _refuses(_transfer(1), _over(TOKEN, 0, 100, 100, 1, NOON + 12 hours));
        _accepts(_transfer(0));
    }

    function test_everyPeriodHolds() public {
        meters.push(Meter(TOKEN, 1, HOUR, 10));
        meters.push(Meter(TOKEN, 2, DAY, 25));
        meters.push(Meter(TOKEN, 3, WEEK, 32));
        meters.push(Meter(TOKEN, 4, OPERATION, 8));
        _grant();
        _refuses(_transfer(9), _over(TOKEN, 4, 8, 0, 9, NEVER));
        _accepts(_transfer(8));
        _refuses(_transfer(3), _over(TOKEN, 1, 10, 8, 3, NOON + 1 hours));
        for (uint256 hour = 1; hour < 3; ++hour) {
            _window(NOON + hour * 1 hours, NOON + hour * 1 hours + 59);
            _accepts(_transfer(8));
        }
        // 24 of the day.
        _refuses(_transfer(2), _over(TOKEN, 2, 25, 24, 2, NOON + 12 hours));
        _accepts(_transfer(1));
        _window(NOON + 1 days, NOON + 1 days + 59);
        _accepts(_transfer(7));
        // 32 of the week, which ends with Sunday the 21st.
        _window(NOON + 2 days, NOON + 2 days + 59);
        _refuses(_transfer(1), _over(TOKEN, 3, 32, 32, 1, NOON + 4 days + 12 hours));
        _window(NOON + 4 days + 12 hours, NOON + 4 days + 12 hours + 59);
        _accepts(_transfer(8));
    }

    function test_severalTokens() public {
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, DAY, 50);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _grant();
        _accepts(_transfer(100));
        _accepts(_other(50));
        _refuses(_transfer(1), _over(TOKEN, 0, 100, 100, 1, NOON + 12 hours));
        _refuses(_other(1), _over(OTHER, 0, 50, 50, 1, NOON + 12 hours));
        _window(NOON + 1 days, NOON + 1 days + 59);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(100), _other(51));
        _refuses(_draft(calls), _over(OTHER, 0, 50, 0, 51, NOON + 36 hours));
        calls[1] = _other(50);
        _accepts(_draft(calls));
    }

    function test_operationFirstAndLater() public {
        _meter(TOKEN, OPERATION, 100);
        _meter(OTHER, OPERATION, 50);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(60), _transfer(41));
        _refuses(_draft(calls), _over(TOKEN, 0, 100, 0, 101, NEVER));
        (calls[0], calls[1]) = (_other(25), _other(26));
        _refuses(_draft(calls), _over(OTHER, 0, 50, 0, 51, NEVER));
        (calls[0], calls[1]) = (_transfer(100), _other(50));
        for (uint256 i; i < 3; ++i) _accepts(_draft(calls));
        assertEq(_state().usage.meterSpent(), 0, "nothing stored");
        assertEq(_word(1), 0, "nothing stored");
    }

    function test_largestCaps() public {
        uint128 first = 2 ** 96 - 1;
        _meter(TOKEN, LIFETIME, first);
        _meter(OTHER, LIFETIME, type(uint128).max);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _grant();
        _accepts(_transfer(first));
        _refuses(_transfer(1), _over(TOKEN, 0, first, first, 1, NEVER));
        assertEq(_state().usage.rateCount(), 0, "no neighbour is touched");
        _accepts(_other(type(uint128).max));
        _refuses(_other(1), _over(OTHER, 0, type(uint128).max, type(uint128).max, 1, NEVER));
    }

    function test_windowOfTheFirstMeter() public {
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, 3, APP, PING);
        _grant();
        _window(NOON, NOON + 12 hours);
        bytes memory crosses = abi.encodeWithSelector(WindowCrossesPeriod.selector, DAY, NOON, NOON + 12 hours);
        _refuses(_transfer(1), crosses);
        _refuses(_pinging(), crosses);
        _window(NOON, NOON + 12 hours - 1);
        _accepts(_transfer(1));
        _accepts(_pinging());
    }

    function test_windowOfALaterMeter() public {
        _meter(TOKEN, LIFETIME, 100);
        _meter(OTHER, MONTH, 100);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _grant();
        // 2026-07-01, 00:00.
        uint256 july = NOON + 13 days + 12 hours;
        _window(NOON, july);
        _accepts(_transfer(1));
        _refuses(_other(1), abi.encodeWithSelector(WindowCrossesPeriod.selector, MONTH, NOON, july));
        _window(july, july + 5);
        _accepts(_other(1));
        // The month before is behind what was counted; T, an end already seen, is what the refusal names.
        _window(july - 9, july - 5);
        _refuses(_other(1), abi.encodeWithSelector(WindowBeforeCounted.selector, MONTH, july - 5, july + 5));
    }

    function test_nothingChargedKeepsWhatIsSpent() public {
        _meter(TOKEN, DAY, 100);
        _meter(OTHER, DAY, 50);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _grant();
        _accepts(_transfer(70));
        uint256 word = _word(1);
        _accepts(_other(0));
        _accepts(_transfer(0));
        assertEq(_state().usage.meterSpent(), 70, "first");
        assertEq(_word(1), word, "no write without a charge");
    }

    function _word(uint256 i) private view returns (uint256) {
        return abi.decode(abi.encode(_state().meters[i]), (uint256));
    }

    function _other(uint256 amount) private pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), 1);
    }

    function _pinging() private pure returns (Call memory) {
        Call memory call = _ping();
        call.permission = 1;
        return call;
    }

    function _over(address token, uint256 tag, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return
            abi.encodeWithSelector(SpendingLimitExceeded.selector, token, tag, cap, spent, attempted, resetsAt);
    }
}
