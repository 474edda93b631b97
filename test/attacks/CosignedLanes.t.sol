// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyDirectLane} from "../../contracts/interfaces/ISessionKeyDirectLane.sol";
import {CHARGED, EXACT, LIFETIME} from "../utils/Codes.sol";
import {CosignedRedemptionTest} from "../utils/CosignedRedemptionTest.sol";
import {Call} from "../utils/OperationBytes.sol";

// Attacks on what two sign, in two lanes
// ├── a relayer strips the co-signature, swaps it for another redemption's, or adds bytes to it
// ├── a relayer takes both signatures to other calls, another evidence, another account, or a second time
// ├── a co-signature of the bundler lane is used in the direct lane, and the reverse, for the very same calls
// ├── the key alone: splits what needs two into several redemptions (each threshold is per redemption; the cap bounds
// │   the sum), puts them in one ERC-7710 list, or signs for the co-signer
// └── the co-signer alone moves nothing, in either lane
contract CosignedLanesAttack is CosignedRedemptionTest {
    function setUp() public override {
        super.setUp();
        _meter(TOKEN, LIFETIME, 120);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _threshold(0, 50);
        _grant();
    }

    function test_strippedSwappedPadded() public {
        Redemption memory it = _redemption(_transfer(60));
        Redemption memory other = _redemption(_transfer(61));
        bytes memory right = _cosignature(it);
        _refusesRelay(
            it, _relayedContext(it, ""), abi.encodeWithSelector(CosignatureMissing.selector, 0, 50, 60)
        );
        _refusesRelay(
            it,
            _relayedContext(it, _cosignature(other)),
            abi.encodeWithSelector(
                CosignatureOverOtherContent.selector, bytes4(right), bytes4(_cosignature(other))
            )
        );
        _refusesRelay(
            it,
            abi.encodePacked(_relayedContext(it, right), uint8(0)),
            abi.encodeWithSelector(CosignatureMalformed.selector, 69)
        );
        assertEq(_state().usage.uses(), 0, "nothing counted");
        _relay(it, _relayedContext(it, right));
        _refusesRelay(
            it,
            _relayedContext(it, right),
            abi.encodeWithSelector(
                CosignatureOverOtherContent.selector, bytes4(_followingDigest(it)), bytes4(right)
            )
        );
    }

    function test_takenElsewhere() public {
        Redemption memory signed = _redemption(_transfer(60));
        bytes memory tail = abi.encodePacked(_authorization(signed), _cosignature(signed));
        Call memory call = _transfer(60);
        call.data = abi.encodeWithSelector(TRANSFER, RELAYER, 60);
        Redemption memory it = _redemption(call);
        _isOverOther(it, tail);
        it = _redemption(_transfer(60));
        ++it.validUntil;
        _isOverOther(it, tail);
        _becomesAccount(STRANGER);
        _installByAccount(STRANGER, 1, hex"01");
        _installByAccount(STRANGER, 2, hex"02");
        limits.epoch = 1;
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        limits.epoch = 2;
        it = _redemption(_transfer(60));
        it.account = STRANGER;
        _isOverOther(it, tail);
        _relay(signed, abi.encodePacked(_context(signed), tail));
    }

    function test_bundlerLanesCosignatureInTheDirectLane() public {
        Draft memory draft = _draft(_transfer(60));
        bytes memory bundlers = _cosign(COSIGNER_SECRET, _cosignDigest(draft));
        Redemption memory it = _redemption(_transfer(60));
        (it.validAfter, it.validUntil) = (draft.validAfter, draft.validUntil);
        bytes memory problem = abi.encodeWithSelector(
            CosignatureOverOtherContent.selector, bytes4(_cosignDigest(it)), bytes4(bundlers)
        );
        _refusesBoth(it, bundlers, problem);
        // The whole signature of the operation, as it was sent to a bundler: its key's part is no nonce and signature.
        bytes memory sent = _cosigned(draft).signature;
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(problem);
        module.redeem(it.account, it.mode, it.executions, sent);
    }

    function test_directLanesCosignatureInTheBundlerLane() public {
        Redemption memory it = _redemption(_transfer(60));
        bytes memory direct = _cosignature(it);
        Draft memory draft = _draft(_transfer(60));
        (draft.validAfter, draft.validUntil) = (it.validAfter, it.validUntil);
        _refusesOperation(
            _with(draft, direct),
            abi.encodeWithSelector(
                CosignatureOverOtherContent.selector, bytes4(_cosignDigest(draft)), bytes4(direct)
            )
        );
        // What the key signed for the direct lane is no signature of the operation, co-signed or not.
        bytes memory keySignature = _sign(KEY_SECRET, _redemptionDigest(it, address(module)));
        bytes[2] memory cosignatures = [direct, _cosign(COSIGNER_SECRET, _cosignDigest(draft))];
        for (uint256 i; i < 2; ++i) {
            PackedUserOperation memory op = _sealed(draft, abi.encodePacked(keySignature, cosignatures[i]));
            assertEq(_validate(op) & type(uint160).max, 1, "SIG_VALIDATION_FAILED");
        }
        assertEq(_state().usage.uses(), 0, "nothing counted");
    }

    function test_split() public {
        bytes[] memory contexts = new bytes[](3);
        bytes[] memory executions = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            Redemption memory it = _redemption(_transfer(50));
            (contexts[i], executions[i]) = (abi.encodePacked(ACCOUNT, _context(it)), it.executions);
        }
        // Each stays at its threshold, and the third passes what the key may spend at all.
        bytes memory split = abi.encodeCall(
            ISessionKeyDirectLane.redeemDelegations, (contexts, new bytes32[](3), executions)
        );
        vm.prank(key, key);
        (bool done, bytes memory problem) = address(module).call(split);
        assertFalse(done, "above the cap");
        assertEq(
            problem,
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 120, 100, 50, type(uint48).max),
            "cap"
        );
        // In one batch they are one charge.
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(50), _transfer(50));
        _refusesBoth(
            _redemption(calls), "", abi.encodeWithSelector(CosignatureMissing.selector, 0, 50, 100)
        );
    }

    function test_oneInALongList() public {
        // A list in which one redemption needs two signatures, for the second place in line.
        bytes[] memory contexts = new bytes[](2);
        bytes[] memory executions = new bytes[](2);
        Redemption memory first = _redemption(_transfer(50));
        Redemption memory second = _redemption(_transfer(60));
        second.nonce = 1;
        (executions[0], executions[1]) = (first.executions, second.executions);
        contexts[0] = abi.encodePacked(ACCOUNT, _signedContext(first));
        contexts[1] = abi.encodePacked(ACCOUNT, _signedContext(second));
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(abi.encodeWithSelector(CosignatureMissing.selector, 0, 50, 60));
        module.redeemDelegations(contexts, new bytes32[](2), executions);
        assertEq(_state().usage.uses(), 0, "all or none");
        contexts[1] = abi.encodePacked(ACCOUNT, _relayedContext(second, _cosignature(second)));
        vm.prank(RELAYER, RELAYER);
        module.redeemDelegations(contexts, new bytes32[](2), executions);
        assertEq(_state().usage.meterSpent(), 110, "both");
    }

    function test_eitherAlone() public {
        Redemption memory it = _redemption(_transfer(60));
        _refusesBoth(
            it,
            _cosign(KEY_SECRET, _cosignDigest(it)),
            abi.encodeWithSelector(CosignatureByAnotherKey.selector, vm.addr(COSIGNER_SECRET), key)
        );
        bytes memory cosignature = _cosignature(it);
        it.secret = COSIGNER_SECRET;
        _refusesRelay(
            it,
            _relayedContext(it, cosignature),
            abi.encodeWithSelector(RedemptionSignatureInvalid.selector, key, limits.epoch, limits.serial, 0)
        );
    }

    /// @dev The digest of the same redemption for the next place in line.
    function _followingDigest(Redemption memory it) private view returns (bytes32 digest) {
        ++it.nonce;
        digest = _cosignDigest(it);
        --it.nonce;
    }

    function _isOverOther(Redemption memory it, bytes memory tail) private {
        bytes memory context = abi.encodePacked(_context(it), tail);
        vm.prank(RELAYER, RELAYER);
        vm.expectPartialRevert(CosignatureOverOtherContent.selector);
        module.redeem(it.account, it.mode, it.executions, context);
    }
}
