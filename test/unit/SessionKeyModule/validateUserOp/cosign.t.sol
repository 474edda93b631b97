// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TOKEN_PAYMASTER} from "../../../utils/Codes.sol";
import {CosignThresholds} from "../../../utils/CosignThresholds.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Paymaster} from "../../../utils/PolicyBytes.sol";

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
contract ValidateCosignTest is CosignThresholds {
    address private constant PAYMASTER = address(uint160(uint256(keccak256("paymaster"))));

    function _alone(Call memory call) internal override {
        _acceptsAlone(_draft(call));
    }

    function _alone(Call[] memory calls) internal override {
        _acceptsAlone(_draft(calls));
    }

    function _both(Call memory call, uint256 meter, uint256 threshold, uint256 attempted) internal override {
        _needsBoth(_draft(call), meter, threshold, attempted);
    }

    function _both(Call[] memory calls, uint256 meter, uint256 threshold, uint256 attempted) internal override {
        _needsBoth(_draft(calls), meter, threshold, attempted);
    }

    function _never(Call memory call, bytes memory problem) internal override {
        _refusesOperation(_cosigned(_draft(call)), problem);
        _refusesOperation(_signed(_draft(call)), problem);
    }

    function test_nativeWithGas() public {
        _threshold(NATIVE, 20e9);
        _grant();
        Draft memory draft = _draft(_pay(12e9));
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
}
