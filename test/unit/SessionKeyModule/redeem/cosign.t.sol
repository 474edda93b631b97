// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {CosignedRedemptionTest} from "../../../utils/CosignedRedemptionTest.sol";
import {CosignTest} from "../../../utils/CosignTest.sol";
import {CosignThresholds} from "../../../utils/CosignThresholds.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";

// redeem: what needs a co-signature, sent by the key's EOA and relayed alike
// ├── token: alone to exactly the threshold, both for one unit more; each redemption for itself, not the period's sum
// ├── the whole batch counts at once
// ├── native: value alone, to the wei; there is no gas to charge
// ├── a numbered meter, and one that counts calls
// ├── several thresholds: the first that is passed is named, and one co-signature serves all
// ├── a meter without a threshold needs none
// ├── above the cap a co-signature does not help
// ├── checker and pinned code behind the section still hold
// ├── any amounts under any thresholds (fuzz)
// └── a policy without a co-signer takes none
contract RedeemCosignTest is CosignedRedemptionTest, CosignThresholds {
    uint8 private constant CALLS = 255;

    function setUp() public override(CosignedRedemptionTest, CosignThresholds) {
        super.setUp();
        meters.push(Meter(address(7), 0, DAY, 100));
        meters.push(Meter(address(8), CALLS, DAY, 50));
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.chargesBody(PolicyBytes.amountCharge(2, 0)));
    }

    function _header() internal view override(CosignTest, CosignedRedemptionTest) returns (bytes memory) {
        return super._header();
    }

    function _alone(Call memory call) internal override {
        _acceptsAlone(_redemption(call));
    }

    function _alone(Call[] memory calls) internal override {
        _acceptsAlone(_redemption(calls));
    }

    function _both(Call memory call, uint256 meter, uint256 threshold, uint256 attempted) internal override {
        _needsBoth(_redemption(call), meter, threshold, attempted);
    }

    function _both(Call[] memory calls, uint256 meter, uint256 threshold, uint256 attempted) internal override {
        _needsBoth(_redemption(calls), meter, threshold, attempted);
    }

    function _never(Call memory call, bytes memory problem) internal override {
        Redemption memory it = _redemption(call);
        _refusesBoth(it, _cosignature(it), problem);
        _refusesBoth(it, "", problem);
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

    function _amount(uint256 amount) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, amount), 3);
    }
}
