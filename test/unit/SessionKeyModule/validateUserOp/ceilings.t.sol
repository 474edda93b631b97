// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ANY_SELECTOR,
    CHARGED,
    DAY,
    EMPTY_CALLDATA,
    EXACT,
    HOUR,
    MOVES_NOTHING,
    NEVER,
    OPERATION,
    TOKEN_PAYMASTER,
    UNCAPPED
} from "../../../utils/Codes.sol";
import {ISessionKeyModule} from "../../../../contracts/interfaces/ISessionKeyModule.sol";
import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: account ceilings
// ├── all keys together: to exactly the cap, one unit more is refused; another account's keys do not count
// ├── native: value and largest gas cost, in wei
// ├── a token: charged, and uncapped all the same; approvals too; several calls of a batch add up
// ├── refuses a call on the token whose amount cannot be told, whatever its mark
// ├── what a token paymaster charges counts
// ├── OPERATION holds per operation; a period binds the window, an earlier one than counted is refused
// ├── key caps still hold below it
// └── preview tells charge and what is left; a failed signature writes nothing
contract ValidateCeilingsTest is SessionKeyTest {
    bytes4 private constant MINT = bytes4(keccak256("mint(address,uint256)"));
    bytes4 private constant DAI_PERMIT =
        bytes4(keccak256("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)"));
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));
    uint256 private constant MIDNIGHT = NOON + 12 hours;
    uint256 private constant SECOND_SECRET = uint256(keccak256("second key"));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _meter(TOKEN, DAY, 1000);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, UNCAPPED, OTHER, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1e18));
        _permit(EXACT, UNCAPPED, OTHER, MINT);
        _permit(EXACT, MOVES_NOTHING, OTHER, PING);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, OTHER, 0, PolicyBytes.maxValueBody(1e18));
        _permit(EXACT, UNCAPPED, OTHER, APPROVE, PolicyBytes.body(PolicyBytes.pin(0, RECIPIENT)));
        _permit(EXACT, UNCAPPED, OTHER, DAI_PERMIT, PolicyBytes.body(PolicyBytes.pin(1, RECIPIENT)));
        limits.maxUses = 10_000;
        _permit(ANY_SELECTOR, UNCAPPED, OTHER, 0);
        _grant();
    }

    function test_allKeysTogether() public {
        _set(TOKEN, DAY, 100);
        _accepts(_transfer(60));
        _useSecondKey();
        _refuses(_secondKeys(_transfer(41)), _over(TOKEN, 100, 60, 41, MIDNIGHT));
        _accepts(_secondKeys(_transfer(40)));
        _refuses(_secondKeys(_transfer(1)), _over(TOKEN, 100, 100, 1, MIDNIGHT));
        _accepts(_secondKeys(_transfer(0)));
        _window(MIDNIGHT, MIDNIGHT + 9);
        _accepts(_secondKeys(_transfer(100)));
    }

    function test_anotherAccount() public {
        _set(TOKEN, DAY, 1);
        _install(STRANGER, "");
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        Draft memory draft = _draft(_transfer(1000));
        draft.op.sender = STRANGER;
        _accepts(draft);
    }

    function test_native() public {
        _set(address(0), DAY, 100);
        Draft memory draft = _draft(_pay(60));
        _gas(draft, 41, 1);
        _refuses(draft, _over(address(0), 100, 0, 101, MIDNIGHT));
        _gas(draft, 40, 1);
        _accepts(draft);
        _refuses(_pay(1), _over(address(0), 100, 100, 1, MIDNIGHT));
    }

    function test_uncappedCountsToo() public {
        _set(OTHER, DAY, 100);
        _refuses(_other(TRANSFER, 101, 1), _over(OTHER, 100, 0, 101, MIDNIGHT));
        _accepts(_other(TRANSFER, 60, 1));
        _accepts(_other(APPROVE, 40, 6));
        _refuses(_other(TRANSFER, 1, 1), _over(OTHER, 100, 100, 1, MIDNIGHT));
        _set(OTHER, 0, 0);
        _accepts(_other(TRANSFER, type(uint256).max, 1));
    }

    function test_batch() public {
        _set(OTHER, DAY, 100);
        _set(TOKEN, DAY, 50);
        Call[] memory calls = new Call[](4);
        (calls[0], calls[1]) = (_other(TRANSFER, 50, 1), _transfer(25));
        (calls[2], calls[3]) = (_other(TRANSFER, 50, 1), _transfer(26));
        _refuses(_draft(calls), _over(TOKEN, 50, 0, 51, MIDNIGHT));
        calls[3] = _transfer(25);
        _accepts(_draft(calls));
        calls[1] = _transfer(0);
        calls[3] = _transfer(0);
        (calls[0], calls[2]) = (_other(TRANSFER, type(uint256).max, 1), _other(TRANSFER, 2, 1));
        _refuses(_draft(calls), _over(OTHER, 100, 100, type(uint256).max, MIDNIGHT));
    }

    function test_amountUnknown() public {
        _accepts(_other(MINT, 1, 3));
        _set(OTHER, DAY, 100);
        _refuses(_other(MINT, 1, 3), _unknown(MINT));
        _refuses(_other(PING, 1, 4), _unknown(PING));
        _refuses(_other(PING, 1, 8), _unknown(PING));
        _refuses(Call(OTHER, 1, "", 5), _unknown(0));
        bytes memory data = abi.encodeWithSelector(DAI_PERMIT, ACCOUNT, RECIPIENT, 0, 0, true, 0, 0, 0);
        _refuses(Call(OTHER, 0, data, 7), _unknown(DAI_PERMIT));
        bytes memory cut = abi.encodeWithSelector(TRANSFER, RECIPIENT);
        _refuses(Call(OTHER, 0, cut, 1), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 36));
    }

    function test_tokenPaymaster() public {
        ++limits.serial;
        paymasters.push(Paymaster(STRANGER, TOKEN_PAYMASTER, "", 0, 1e18));
        _grant();
        _set(TOKEN, DAY, 100);
        Draft memory draft = _draft(_transfer(60));
        _gas(draft, 41, 1);
        draft.op.paymasterAndData = abi.encodePacked(STRANGER, uint128(0), uint128(0));
        _refuses(draft, _over(TOKEN, 100, 0, 101, MIDNIGHT));
        _gas(draft, 40, 1);
        _accepts(draft);
        draft = _draft(_pay(0));
        _gas(draft, 1, 1);
        draft.op.paymasterAndData = abi.encodePacked(STRANGER, uint128(0), uint128(0));
        _refuses(draft, _over(TOKEN, 100, 100, 1, MIDNIGHT));
    }

    function test_perOperation() public {
        _set(TOKEN, OPERATION, 100);
        for (uint256 i; i < 3; ++i) _accepts(_transfer(100));
        _refuses(_transfer(101), _over(TOKEN, 100, 0, 101, NEVER));
    }

    function test_window() public {
        _set(TOKEN, HOUR, 100);
        _window(NOON, NOON + 1 hours);
        _refuses(_transfer(1), abi.encodeWithSelector(WindowCrossesPeriod.selector, HOUR, NOON, NOON + 1 hours));
        _accepts(_transfer(0));
        _window(NOON + 1 hours, NOON + 1 hours + 9);
        _accepts(_transfer(1));
        _window(NOON, NOON + 1 hours - 1);
        uint256 hour = NOON / 1 hours;
        _refuses(
            _transfer(1), abi.encodeWithSelector(CeilingWindowBeforeCounted.selector, TOKEN, HOUR, hour, hour + 1)
        );
    }

    function test_keyCapsStillHold() public {
        _set(TOKEN, DAY, 5000);
        _refuses(
            _transfer(1001),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 1000, 0, 1001, MIDNIGHT)
        );
    }

    function test_preview() public {
        _set(address(0), DAY, 100);
        _set(TOKEN, OPERATION, 50);
        _set(OTHER, HOUR, 7);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_pay(30), _transfer(20));
        ISessionKeyModule.CeilingPreview[] memory told = _preview(_draft(calls)).ceilings;
        assertEq(told.length, 2, "those that are charged");
        assertEq(abi.encode(told[0]), abi.encode(ISessionKeyRecords.CeilingPreview(address(0), DAY, 100, 30, 70)), "native");
        assertEq(abi.encode(told[1]), abi.encode(ISessionKeyRecords.CeilingPreview(TOKEN, OPERATION, 50, 20, 30)), "token");
    }

    function test_failedSignatureWritesNothing() public {
        _set(TOKEN, DAY, 100);
        Draft memory draft = _draft(_transfer(60));
        draft.secret = SECOND_SECRET;
        _validate(_signed(draft));
        (,, , uint256 time) = module.ceiling(ACCOUNT, TOKEN);
        assertEq(time, NOON, "read");
        _refuses(_transfer(101), _over(TOKEN, 100, 0, 101, MIDNIGHT));
    }

    // ------------------------------------------------------------------ helpers

    function _preview(Draft memory draft) private view returns (ISessionKeyModule.Preview memory) {
        return module.preview(_signed(draft));
    }

    function _set(address token, uint256 period, uint256 cap) private {
        vm.prank(ACCOUNT);
        module.setCeiling(token, period, cap);
    }

    function _useSecondKey() private {
        signer = abi.encodePacked(uint8(1), vm.addr(SECOND_SECRET));
        keyId = keccak256(signer);
        _grant();
    }

    function _secondKeys(Call memory call) private view returns (Draft memory draft) {
        draft = _draft(call);
        draft.secret = SECOND_SECRET;
    }

    function _pay(uint256 value) private pure returns (Call memory) {
        return Call(APP, value, abi.encodeWithSelector(PING, 1), 2);
    }

    function _other(bytes4 selector, uint256 amount, uint256 permission) private pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(selector, RECIPIENT, amount), permission);
    }

    function _unknown(bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(CeilingAmountUnknown.selector, 0, OTHER, selector);
    }

    function _over(address token, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(CeilingExceeded.selector, token, cap, spent, attempted, resetsAt);
    }
}
