// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EMPTY_CALLDATA, EXACT, LIFETIME, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {CosignedRedemptionTest} from "../../../utils/CosignedRedemptionTest.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";

// redeem: what needs a co-signature, sent by the key's EOA and relayed alike
// ├── token: alone to exactly the threshold, both for one unit more; each redemption for itself, not the period's sum
// ├── the whole batch counts at once
// ├── native: value alone, to the wei; there is no gas to charge
// ├── a numbered meter, and one that counts calls
// ├── several thresholds: the first that is passed is named, and one co-signature serves all
// ├── above the cap a co-signature does not help
// ├── checker and pinned code behind the section still hold
// ├── any amounts under any thresholds (fuzz)
// └── a policy without a co-signer takes none
contract RedeemCosignTest is CosignedRedemptionTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));
    uint8 private constant CALLS = 255;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1000, DAY);
        _meter(TOKEN, DAY, 1000);
        _meter(OTHER, LIFETIME, 500);
        meters.push(Meter(address(7), 0, DAY, 100));
        meters.push(Meter(address(8), CALLS, DAY, 50));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(1 ether));
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.chargesBody(PolicyBytes.amountCharge(2, 0)));
    }

    function test_token() public {
        _threshold(0, 50);
        _grant();
        _acceptsAlone(_redemption(_transfer(50)));
        _needsBoth(_redemption(_transfer(51)), 0, 50, 51);
        assertEq(_state().usage.meterSpent(), 101, "both count");
        for (uint256 i; i < 3; ++i) _acceptsAlone(_redemption(_transfer(50)));
    }

    function test_batch() public {
        _threshold(0, 50);
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(25), _transfer(25));
        _acceptsAlone(_redemption(calls));
        calls[1] = _transfer(26);
        _needsBoth(_redemption(calls), 0, 50, 51);
    }

    function test_native() public {
        _threshold(NATIVE, 20e9);
        _grant();
        _acceptsAlone(_redemption(Call(APP, 20e9, "", 2)));
        _needsBoth(_redemption(Call(APP, 20e9 + 1, "", 2)), NATIVE, 20e9, 20e9 + 1);
    }

    function test_numberedMeters() public {
        _threshold(2, 10);
        _threshold(3, 2);
        _grant();
        _acceptsAlone(_redemption(_amount(10)));
        _needsBoth(_redemption(_amount(11)), 2, 10, 11);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(1), _transfer(1));
        _acceptsAlone(_redemption(calls));
        calls = new Call[](3);
        for (uint256 i; i < 3; ++i) calls[i] = _transfer(1);
        _needsBoth(_redemption(calls), 3, 2, 3);
    }

    function test_several() public {
        _threshold(1, 30);
        _threshold(0, 50);
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(50), _other(30));
        _acceptsAlone(_redemption(calls));
        calls[0] = _transfer(51);
        _needsBoth(_redemption(calls), 0, 50, 51);
        calls[1] = _other(31);
        _needsBoth(_redemption(calls), 1, 30, 31);
    }

    function test_capsHold() public {
        _threshold(0, 50);
        _grant();
        Redemption memory it = _redemption(_transfer(1001));
        bytes memory over = abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 1000, 0, 1001, NOON + 12 hours
        );
        _refusesBoth(it, _cosignature(it), over);
        _refusesBoth(it, "", over);
        _needsBoth(_redemption(_transfer(1000)), 0, 50, 1000);
    }

    function test_sectionsBehind() public {
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        pinnedCode = ACCOUNT.codehash;
        _threshold(2, 10);
        _grant();
        _acceptsAlone(_redemption(_amount(10)));
        _needsBoth(_redemption(_amount(12)), 2, 10, 12);
        Redemption memory it = _redemption(_amount(13));
        _refusesBoth(it, _cosignature(it), abi.encodeWithSelector(CheckerRefused.selector, 0, checker));
        it = _redemption(_amount(12));
        vm.etch(ACCOUNT, hex"00");
        _refusesBoth(
            it, _cosignature(it), abi.encodeWithSelector(AccountCodeChanged.selector, pinnedCode, keccak256(hex"00"))
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
        Redemption memory it = _redemption(calls);
        if (amount > firstThreshold) _needsBoth(it, 0, firstThreshold, amount);
        else if (otherAmount > secondThreshold) _needsBoth(it, 1, secondThreshold, otherAmount);
        else _acceptsAlone(it);
    }

    function test_withoutCosigner() public {
        delete cosigner;
        _grant();
        Redemption memory it = _redemption(_transfer(51));
        bytes memory cosignature = _cosignature(it);
        bytes memory own = _ownContext(it, cosignature);
        vm.prank(key, key);
        vm.expectRevert(abi.encodeWithSelector(RedemptionMalformed.selector, 69));
        module.redeem(it.account, it.mode, it.executions, own);
        _refusesRelay(
            it, _relayedContext(it, cosignature), abi.encodeWithSelector(RedemptionMalformed.selector, 137)
        );
        _redeem(it);
    }

    function _other(uint256 amount) private pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), 1);
    }

    function _amount(uint256 amount) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, amount), 3);
    }
}
