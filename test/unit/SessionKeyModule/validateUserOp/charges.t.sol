// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EMPTY_CALLDATA, EXACT, HOUR, MOVES_NOTHING, NEVER, OPERATION} from "../../../utils/Codes.sol";
import {ISessionKeyModule} from "../../../../contracts/interfaces/ISessionKeyModule.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: numbered meters
// ├── COUNT, VALUE and AMOUNT: to exactly the cap, one more is refused
// ├── the first meter of a header, and a later one
// ├── per operation and per day at once, each names itself
// ├── several charges of one permission; one meter shared by several permissions; a repeated permission charges again
// ├── an amount that overflows is larger than every cap; an argument that is not there is refused
// ├── an amount behind an offset and in an array; the call's value as a path
// ├── a pinned word before the charges still holds
// └── tag 255: counts every call, whatever permission covers it, beside the settings' own rate
contract ValidateChargesTest is SessionKeyTest {
    uint8 private constant CALLS = 255;

    function test_count() public {
        _number(1, 0, DAY, 2);
        _pinging(PolicyBytes.countCharge(0));
        _grant();
        _refuses(_pings(3), _over(1, 0, 2, 0, 3, NOON + 12 hours));
        _accepts(_pings(2));
        _refuses(_ping(), _over(1, 0, 2, 2, 1, NOON + 12 hours));
        assertEq(_state().usage.meterSpent(), 2, "in the usage word");
        _window(NOON + 12 hours, NOON + 12 hours + 9);
        _accepts(_pings(2));
    }

    function test_value() public {
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _number(1, 0, DAY, 100);
        _permit(EXACT, MOVES_NOTHING, APP, PING, _charging(1e18, PolicyBytes.valueCharge(0)));
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, RECIPIENT, 0, _charging(1e18, PolicyBytes.valueCharge(0)));
        _grant();
        Call memory call = _ping();
        call.value = 60;
        _accepts(call);
        _refuses(Call(RECIPIENT, 41, "", 1), _over(1, 0, 100, 60, 41, NOON + 12 hours));
        _accepts(Call(RECIPIENT, 40, "", 1));
        _accepts(_ping());
    }

    function test_amount() public {
        _number(65_535, 7, HOUR, 10);
        _pinging(PolicyBytes.amountCharge(0, 0));
        _grant();
        _refuses(_pingOf(11), _over(65_535, 7, 10, 0, 11, NOON + 1 hours));
        _accepts(_pingOf(10));
        _refuses(_pingOf(1), _over(65_535, 7, 10, 10, 1, NOON + 1 hours));
        _accepts(_pingOf(0));
    }

    function test_amountThatOverflows() public {
        _number(1, 0, OPERATION, type(uint96).max);
        _pinging(PolicyBytes.amountCharge(0, 0));
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_pingOf(type(uint256).max), _pingOf(2));
        _refuses(_draft(calls), _over(1, 0, type(uint96).max, 0, type(uint256).max, NEVER));
    }

    function test_amountIsNotThere() public {
        _number(1, 0, DAY, 10);
        _pinging(PolicyBytes.amountCharge(0, 1));
        _grant();
        _refuses(_ping(), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 36));
    }

    function test_amountInAnArray() public {
        _number(1, 0, DAY, 10);
        // FOLLOW word 0 of a head of one · ELEMENT 1, one word wide · WORD 0.
        _pinging(abi.encodePacked(uint8(0), uint8(3), uint8(9), hex"020001", hex"04000101", hex"0100"));
        _grant();
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (1000, 8);
        _accepts(Call(APP, 0, abi.encodeWithSelector(PING, amounts), 0));
        amounts[1] = 3;
        _refuses(
            Call(APP, 0, abi.encodeWithSelector(PING, amounts), 0), _over(1, 0, 10, 8, 3, NOON + 12 hours)
        );
    }

    function test_operationAndDayAtOnce() public {
        _meter(TOKEN, DAY, 100);
        _number(1, 0, OPERATION, 8);
        _number(1, 1, DAY, 20);
        bytes[] memory charges = new bytes[](2);
        (charges[0], charges[1]) = (PolicyBytes.amountCharge(1, 0), PolicyBytes.amountCharge(2, 0));
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.chargesBody(0, charges));
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_pingOf(4), _pingOf(5));
        _refuses(_draft(calls), _over(1, 0, 8, 0, 9, NEVER));
        for (uint256 i; i < 2; ++i) _accepts(_pingOf(8));
        _refuses(_pingOf(5), _over(1, 1, 20, 16, 5, NOON + 12 hours));
        _accepts(_pingOf(4));
        assertEq(_state().meters[1].spent(), 0, "an OPERATION meter stores nothing");
        assertEq(_state().meters[2].spent(), 20, "the day");
    }

    function test_sharedAndRepeated() public {
        _number(1, 0, DAY, 10);
        _pinging(PolicyBytes.amountCharge(0, 0));
        _permit(EXACT, MOVES_NOTHING, STRANGER, PING, PolicyBytes.chargesBody(PolicyBytes.countCharge(0)));
        _grant();
        Call[] memory calls = new Call[](4);
        calls[0] = _pingOf(4);
        calls[1] = _pingOf(4);
        calls[1].permission = type(uint256).max;
        calls[2] = Call(STRANGER, 0, abi.encodeWithSelector(PING, 9), 1);
        calls[3] = Call(STRANGER, 0, abi.encodeWithSelector(PING, 9), type(uint256).max);
        _accepts(_draft(calls));
        _refuses(_pingOf(1), _over(1, 0, 10, 10, 1, NOON + 12 hours));
    }

    function test_conditionsBeforeCharges() public {
        _number(1, 0, DAY, 10);
        bytes memory body = abi.encodePacked(
            uint8(6), uint8(1), PolicyBytes.pin(0, bytes32(uint256(5))), uint8(1), PolicyBytes.amountCharge(0, 0)
        );
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
        _grant();
        vm.expectPartialRevert(PinnedWordMismatch.selector);
        module.preview(_signed(_draft(_pingOf(4))));
        _accepts(_pingOf(5));
        _accepts(_pingOf(5));
        _refuses(_pingOf(5), _over(1, 0, 10, 10, 5, NOON + 12 hours));
    }

    function test_everyCall() public {
        (limits.rateLimit, limits.ratePeriod) = (100, DAY);
        _meter(TOKEN, DAY, 100);
        _number(1, CALLS, HOUR, 3);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _grant();
        Call memory transfer = _transfer(1);
        transfer.permission = 1;
        _accepts(transfer);
        _accepts(_pings(2));
        _refuses(_ping(), _over(1, CALLS, 3, 3, 1, NOON + 1 hours));
        _window(NOON + 1 hours, NOON + 1 hours + 9);
        _refuses(_pings(4), _over(1, CALLS, 3, 0, 4, NOON + 2 hours));
        _accepts(_pings(3));
        assertEq(_state().usage.rateCount(), 6, "the settings' own rate");
    }

    function test_everyCallAsTheOnlyMeter() public {
        _number(9, CALLS, OPERATION, 2);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
        _refuses(_pings(3), _over(9, CALLS, 2, 0, 3, NEVER));
        for (uint256 i; i < 3; ++i) _accepts(_pings(2));
    }

    function test_previewTells() public {
        _meter(TOKEN, DAY, 100);
        _number(1, CALLS, HOUR, 3);
        _number(2, 0, DAY, 10);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.chargesBody(PolicyBytes.amountCharge(2, 0)));
        _grant();
        ISessionKeyModule.Preview memory told = _preview(_draft(_pingOf(6)));
        assertEq(told.meterCharges[1], 1, "calls");
        assertEq(told.meterLeft[1], 2, "calls left");
        assertEq(told.meterCharges[2], 6, "amount");
        assertEq(told.meterLeft[2], 4, "amount left");
    }

    // ------------------------------------------------------------------ helpers

    function _preview(Draft memory draft) private view returns (ISessionKeyModule.Preview memory) {
        return module.preview(_signed(draft));
    }

    function _number(uint160 subject, uint8 tag, uint8 period, uint128 cap) private {
        meters.push(Meter(address(subject), tag, period, cap));
    }

    function _pinging(bytes memory charge) private {
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.chargesBody(charge));
    }

    function _charging(uint128 maxValue, bytes memory charge) private pure returns (bytes memory) {
        bytes[] memory charges = new bytes[](1);
        charges[0] = charge;
        return PolicyBytes.chargesBody(maxValue, charges);
    }

    function _pingOf(uint256 amount) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, amount), 0);
    }

    function _pings(uint256 count) private view returns (Draft memory) {
        Call[] memory calls = new Call[](count);
        for (uint256 i; i < count; ++i) calls[i] = _ping();
        return _draft(calls);
    }

    function _over(uint160 subject, uint256 tag, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            SpendingLimitExceeded.selector, address(subject), tag, cap, spent, attempted, resetsAt
        );
    }
}
