// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, EMPTY_CALLDATA, LIFETIME, MOVES_NOTHING, TOKEN_PAYMASTER} from "../../../utils/Codes.sol";
import {CosignTest} from "../../../utils/CosignTest.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";

// validateUserOp: what needs a co-signature
// ├── token: alone to exactly the threshold, both for one unit more; each operation for itself, not the period's sum
// ├── the whole batch counts at once
// ├── native: value and gas together, to the wei
// ├── gas that a paymaster takes in tokens counts on that token's meter
// ├── a later meter; several thresholds: the first that is passed is named, and one co-signature serves all
// ├── a meter without a threshold needs none
// ├── above the cap a co-signature does not help
// ├── pinned code behind the section is still held
// └── any amount under any threshold (fuzz)
contract ValidateCosignTest is CosignTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));
    address private constant PAYMASTER = address(uint160(uint256(keccak256("paymaster"))));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1000, DAY);
        _meter(TOKEN, DAY, 1000);
        _meter(OTHER, LIFETIME, 500);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(1 ether));
    }

    function test_token() public {
        _threshold(0, 50);
        _grant();
        _acceptsAlone(_draft(_transfer(50)));
        _needsBoth(_draft(_transfer(51)), 0, 50, 51);
        assertEq(_state().usage.meterSpent(), 101, "both count");
        for (uint256 i; i < 3; ++i) _acceptsAlone(_draft(_transfer(50)));
    }

    function test_batch() public {
        _threshold(0, 50);
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(25), _transfer(25));
        _acceptsAlone(_draft(calls));
        calls[1] = _transfer(26);
        _needsBoth(_draft(calls), 0, 50, 51);
    }

    function test_native() public {
        _threshold(NATIVE, 20e9);
        _grant();
        Draft memory draft = _draft(Call(APP, 12e9, "", 2));
        _gas(draft, 8e9, 1);
        _acceptsAlone(draft);
        _gas(draft, 8e9 + 1, 1);
        _needsBoth(draft, NATIVE, 20e9, 20e9 + 1);
        draft = _draft(_transfer(1));
        _gas(draft, 20e9 + 1, 1);
        _needsBoth(draft, NATIVE, 20e9, 20e9 + 1);
    }

    function test_gasInTokens() public {
        paymasters.push(Paymaster(PAYMASTER, TOKEN_PAYMASTER, "", 0, 1e18));
        _threshold(0, 50);
        _threshold(NATIVE, 1);
        _grant();
        Draft memory draft = _draft(_transfer(20));
        draft.op.paymasterAndData = abi.encodePacked(PAYMASTER, uint128(0), uint128(0));
        _gas(draft, 30, 1);
        _acceptsAlone(draft);
        _gas(draft, 31, 1);
        _needsBoth(draft, 0, 50, 51);
    }

    function test_several() public {
        _threshold(1, 30);
        _threshold(0, 50);
        _grant();
        _needsBoth(_draft(_other(31)), 1, 30, 31);
        _acceptsAlone(_draft(_other(30)));
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(50), _other(30));
        _acceptsAlone(_draft(calls));
        calls[0] = _transfer(51);
        _needsBoth(_draft(calls), 0, 50, 51);
        calls[1] = _other(31);
        _needsBoth(_draft(calls), 1, 30, 31);
    }

    function test_withoutThreshold() public {
        _threshold(0, 50);
        _grant();
        _acceptsAlone(_draft(_other(500)));
        Draft memory draft = _draft(Call(APP, 1000e9, "", 2));
        _acceptsAlone(draft);
    }

    function test_capsHold() public {
        _threshold(0, 50);
        _grant();
        bytes memory over = abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 1000, 0, 1001, NOON + 12 hours
        );
        _refusesOperation(_cosigned(_draft(_transfer(1001))), over);
        _refusesOperation(_signed(_draft(_transfer(1001))), over);
        _needsBoth(_draft(_transfer(1000)), 0, 50, 1000);
    }

    function test_pinnedCode() public {
        vm.etch(ACCOUNT, hex"00");
        pinnedCode = keccak256(hex"00");
        _threshold(0, 50);
        _grant();
        _acceptsAlone(_draft(_transfer(50)));
        _needsBoth(_draft(_transfer(51)), 0, 50, 51);
        vm.etch(ACCOUNT, hex"01");
        _refusesOperation(
            _cosigned(_draft(_transfer(51))),
            abi.encodeWithSelector(AccountCodeChanged.selector, keccak256(hex"00"), keccak256(hex"01"))
        );
    }

    function test_fuzz_anyAmounts(uint128 first, uint128 second, uint256 amount, uint256 otherAmount) public {
        uint128 firstThreshold = 1 + first % 1000;
        uint128 secondThreshold = 1 + second % 500;
        _threshold(0, firstThreshold);
        _threshold(1, secondThreshold);
        _grant();
        (amount, otherAmount) = (amount % 1001, otherAmount % 501);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(amount), _other(otherAmount));
        Draft memory draft = _draft(calls);
        if (amount > firstThreshold) _needsBoth(draft, 0, firstThreshold, amount);
        else if (otherAmount > secondThreshold) _needsBoth(draft, 1, secondThreshold, otherAmount);
        else _acceptsAlone(draft);
    }

    function _other(uint256 amount) private pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), 1);
    }
}
