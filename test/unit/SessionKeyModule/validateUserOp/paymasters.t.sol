// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, LIFETIME, SPONSOR, TOKEN_PAYMASTER} from "../../../utils/Codes.sol";
import {Meter, Paymaster} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: who pays for gas, if not the account
// ├── refuses a paymaster that is not listed, the zero address, and data too short to name one
// ├── SPONSOR: charges nothing, whatever the gas
// ├── TOKEN
// │   ├── charges the largest cost at the entry's rate, rounded up, to exactly the cap
// │   ├── counts the paymaster's own two gas limits
// │   ├── charges every meter of the token, beside what the call moves
// │   ├── leaves the native cap alone
// │   └── a cost past the word counts as the largest word
// ├── prefix: allows data that begins so, refuses shorter and other data
// └── several entries: the first that fits decides, behind entries of any length
contract ValidatePaymastersTest is SessionKeyTest {
    address private constant PAYMASTER = address(uint160(uint256(keccak256("paymaster"))));
    address private constant OTHER = address(uint160(uint256(keccak256("other paymaster"))));

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, DAY, 1000);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
    }

    function test_notListed() public {
        _list(PAYMASTER, SPONSOR, "", 0);
        _grant();
        _refuses(_paidBy(OTHER, ""), abi.encodeWithSelector(PaymasterForbidden.selector, OTHER));
        _refuses(_paidBy(address(0), ""), abi.encodeWithSelector(PaymasterForbidden.selector, address(0)));
        for (uint256 length = 1; length < 52; ++length) {
            Draft memory draft = _draft(_transfer(1));
            draft.op.paymasterAndData = new bytes(length);
            _refuses(draft, abi.encodeWithSelector(PaymasterForbidden.selector, address(0)));
        }
        _accepts(_paidBy(PAYMASTER, ""));
    }

    function test_noList() public {
        _grant();
        _refuses(_paidBy(PAYMASTER, ""), abi.encodeWithSelector(PaymasterForbidden.selector, PAYMASTER));
    }

    function test_sponsor() public {
        _list(PAYMASTER, SPONSOR, "", 0);
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "anything");
        _gas(draft, 30_000_000, type(uint128).max);
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 0, "native");
        assertEq(_state().usage.meterSpent(), 1, "the call alone");
    }

    function test_token() public {
        // Five units per 1e18 wei.
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 5);
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "");
        // The call's one unit, and 199.8e18 wei of gas: 999 units. One gas more is a fraction of a unit: a whole one.
        _gas(draft, 199_801, 1e15);
        _refuses(draft, _over(0, 1001));
        _gas(draft, 199_800, 1e15);
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 1000, "to the cap");
        assertEq(_state().usage.nativeSpent(), 0, "native");
    }

    function test_tokenRoundsUp() public {
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 1);
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "");
        _gas(draft, 3, 1);
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 2, "three wei cost a whole unit");
        _gas(draft, 1, 1e18);
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 4, "1e18 wei cost exactly one");
    }

    function test_tokenCountsThePaymastersGas() public {
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 1e18);
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "");
        draft.op.gasFees = bytes32(uint256(1));
        draft.op.paymasterAndData = _paymasterData(PAYMASTER, 700, 299, "");
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 1000, "one for the call, 999 for gas");
        draft.op.paymasterAndData = _paymasterData(PAYMASTER, 1, 0, "");
        _refuses(draft, _over(1000, 2));
    }

    function test_tokenChargesEveryMeterOfIt() public {
        meters.push(Meter(TOKEN, 1, LIFETIME, 5000));
        _meter(OTHER, DAY, 1000);
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 1e18);
        paymasters[0].meterIndex = 1;
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "");
        _gas(draft, 60, 1);
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 61, "first");
        assertEq(_state().meters[1].spent(), 61, "second");
        assertEq(_state().meters[2].spent(), 0, "another token");
    }

    function test_tokenCostPastTheWord() public {
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 1);
        _grant();
        Draft memory draft = _paidBy(PAYMASTER, "");
        draft.op.paymasterAndData = _paymasterData(PAYMASTER, type(uint128).max, type(uint128).max, "");
        draft.op.gasFees = bytes32(uint256(type(uint128).max));
        _refuses(draft, _over(0, type(uint256).max));
        // The largest rate over the largest cost that is still reckoned.
        ++limits.serial;
        paymasters[0].rate = type(uint128).max;
        _grant();
        draft = _paidBy(PAYMASTER, "");
        draft.op.paymasterAndData = _paymasterData(PAYMASTER, type(uint128).max, 0, "");
        draft.op.gasFees = bytes32(uint256(1));
        uint256 product = uint256(type(uint128).max) * type(uint128).max;
        _refuses(draft, _over(0, product / 1e18 + 1 + 1));
        // A cost of 2^129 times a rate of 2^127 comes round to 0, if it is reckoned at all.
        ++limits.serial;
        paymasters[0].rate = 2 ** 127;
        _grant();
        draft = _paidBy(PAYMASTER, "");
        draft.op.paymasterAndData = _paymasterData(PAYMASTER, 2 ** 65, 0, "");
        draft.op.gasFees = bytes32(uint256(2 ** 64));
        _refuses(draft, _over(0, type(uint256).max));
    }

    function test_prefix() public {
        _list(PAYMASTER, SPONSOR, hex"aabbcc", 0);
        _grant();
        _accepts(_paidBy(PAYMASTER, hex"aabbcc"));
        _accepts(_paidBy(PAYMASTER, hex"aabbccdd"));
        bytes memory problem = abi.encodeWithSelector(PaymasterForbidden.selector, PAYMASTER);
        _refuses(_paidBy(PAYMASTER, ""), problem);
        _refuses(_paidBy(PAYMASTER, hex"aabb"), problem);
        _refuses(_paidBy(PAYMASTER, hex"aabbcd"), problem);
        _refuses(_paidBy(PAYMASTER, hex"00aabbcc"), problem);
    }

    /// @dev What lies behind the paymaster's data in memory or calldata is zeros, and none of its data.
    function test_prefixOfZeros() public {
        _list(PAYMASTER, SPONSOR, hex"0000", 0);
        _grant();
        bytes memory problem = abi.encodeWithSelector(PaymasterForbidden.selector, PAYMASTER);
        _refuses(_paidBy(PAYMASTER, ""), problem);
        _refuses(_paidBy(PAYMASTER, hex"00"), problem);
        _accepts(_paidBy(PAYMASTER, hex"0000"));
    }

    function test_severalEntries() public {
        _list(OTHER, TOKEN_PAYMASTER, hex"0102030405", 1e18);
        _list(PAYMASTER, TOKEN_PAYMASTER, hex"01", 1e18);
        _list(PAYMASTER, SPONSOR, hex"02", 0);
        _list(PAYMASTER, TOKEN_PAYMASTER, "", 2e18);
        _grant();
        _chargesGas(hex"0199", 30);
        _chargesGas(hex"02", 0);
        _chargesGas(hex"03", 60);
        _chargesGas("", 60);
        _refuses(_paidBy(OTHER, hex"01020304"), abi.encodeWithSelector(PaymasterForbidden.selector, OTHER));
        _accepts(_paidBy(OTHER, hex"0102030405"));
    }

    // ------------------------------------------------------------------ helpers

    /// @dev An operation of 30 wei of gas takes `units` beside the one unit of its call.
    function _chargesGas(bytes memory data, uint256 units) private {
        uint256 before = _state().usage.meterSpent();
        Draft memory draft = _paidBy(PAYMASTER, data);
        _gas(draft, 30, 1);
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), before + 1 + units, "gas in token units");
    }

    function _list(address paymaster, uint8 mode, bytes memory prefix, uint128 rate) private {
        paymasters.push(Paymaster(paymaster, mode, prefix, 0, rate));
    }

    function _paidBy(address paymaster, bytes memory data) private view returns (Draft memory draft) {
        draft = _draft(_transfer(1));
        draft.op.paymasterAndData = _paymasterData(paymaster, 0, 0, data);
    }

    function _paymasterData(address paymaster, uint128 verificationGas, uint128 postOpGas, bytes memory data)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(paymaster, verificationGas, postOpGas, data);
    }

    function _over(uint256 spent, uint256 attempted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 1000, spent, attempted, NOON + 12 hours
        );
    }
}
