// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EMPTY_CALLDATA, LIFETIME, MOVES_NOTHING, NEVER} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: gas that the account pays
// ├── no native cap: refuses any gas, allows none
// ├── charges (verification + call + preVerification gas) × maxFeePerGas, to the wei before rounding
// ├── each of the three limits counts by itself; the priority fee does not
// ├── value and gas share one cap, on the boundary
// ├── an absurd fee is refused with its figure
// └── preVerificationGas past 128 bits, or a product past a word, counts as the largest word
contract ValidateGasTest is SessionKeyTest {
    uint256 private constant GWEI = 1e9;

    function setUp() public override {
        super.setUp();
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(1 ether));
    }

    function test_noCap() public {
        _grant();
        Draft memory draft = _funding(0);
        _gas(draft, 3, 1);
        _refuses(draft, abi.encodeWithSelector(NativeLimitExceeded.selector, 0, 0, 3, NEVER));
        _gas(draft, 0, 1);
        _accepts(draft);
        _gas(draft, 3, 0);
        _accepts(draft);
    }

    function test_boundary() public {
        _cap(300_000);
        Draft memory draft = _funding(0);
        _gas(draft, 300_001, GWEI);
        _refuses(draft, _over(300_000, 0, 300_001 * GWEI));
        _gas(draft, 300_000, GWEI);
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 300_000, "spent");
    }

    function test_eachLimit() public {
        _cap(1000);
        Draft memory draft = _funding(0);
        draft.op.gasFees = bytes32((uint256(77) << 128) | GWEI);
        draft.op.accountGasLimits = bytes32(uint256(11) << 128);
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 11, "verification");
        draft.op.accountGasLimits = bytes32(uint256(200));
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 211, "call");
        draft.op.accountGasLimits = 0;
        draft.op.preVerificationGas = 89;
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 300, "preVerification");
        draft.op.accountGasLimits = bytes32((uint256(400) << 128) | 200);
        draft.op.preVerificationGas = 100;
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 1000, "all together, to the cap");
    }

    function test_sharesTheCapWithValue() public {
        _cap(100);
        Draft memory draft = _funding(40 * GWEI + 1);
        _gas(draft, 60, GWEI);
        _refuses(draft, _over(100, 0, 100 * GWEI + 1));
        draft = _funding(40 * GWEI);
        _gas(draft, 60, GWEI);
        _accepts(draft);
        // Fractions of a gwei add up before they are rounded.
        ++limits.serial;
        _cap(2);
        draft = _funding(GWEI / 2);
        _gas(draft, 3, GWEI / 2);
        _accepts(draft);
        assertEq(_state().usage.nativeSpent(), 2, "half a gwei and three halves");
    }

    function test_absurdFee() public {
        _cap(0.05 ether / GWEI);
        Draft memory draft = _funding(0);
        _gas(draft, 900_000, 1 ether);
        _refuses(draft, _over(0.05 ether / GWEI, 0, 900_000 ether));
    }

    function test_pastTheWord() public {
        _cap(2 ** 56 - 1);
        uint256 max = type(uint256).max;
        Draft memory draft = _funding(0);
        draft.op.preVerificationGas = uint256(type(uint128).max) + 1;
        draft.op.gasFees = bytes32(uint256(1));
        _refuses(draft, _over(2 ** 56 - 1, 0, max));
        draft.op.preVerificationGas = type(uint128).max;
        draft.op.gasFees = bytes32(uint256(type(uint128).max));
        // Three limits of 128 bits times a fee of 128 bits pass a word.
        draft.op.accountGasLimits = bytes32(max);
        _refuses(draft, _over(2 ** 56 - 1, 0, max));
        // The product that just fits is told as it is.
        draft.op.accountGasLimits = 0;
        uint256 product = uint256(type(uint128).max) * type(uint128).max;
        _refuses(draft, _over(2 ** 56 - 1, 0, product));
    }

    function _cap(uint256 gwei_) private {
        (limits.nativeCap, limits.nativePeriod) = (gwei_, LIFETIME);
        _grant();
    }

    function _funding(uint256 value) private view returns (Draft memory) {
        return _draft(Call(APP, value, "", 0));
    }

    function _over(uint256 capGwei, uint256 spentGwei, uint256 attempted) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(NativeLimitExceeded.selector, capGwei * GWEI, spentGwei * GWEI, attempted, NEVER);
    }
}
