// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CosignedPairTest} from "../utils/CosignedPairTest.sol";
import {OperationBytes} from "../utils/OperationBytes.sol";

// fuzz: good signatures of keys and co-signers that a verifier checks; never a panic, nothing counted
// ├── bundler lane, with and without a co-signer, above its threshold and below
// │   ├── any one byte changed: refused or failed
// │   └── cut anywhere, or anything behind: refused or failed
// └── direct lane, the same: refused
contract VerifiedSignersFuzz is CosignedPairTest {
    function test_fuzz_oneByteChanged(uint256 pair, bool above, uint256 position, uint8 change) public {
        PackedUserOperation memory op = _good(pair, above);
        position = bound(position, 0, op.signature.length - 1);
        op.signature[position] ^= bytes1(uint8(bound(change, 1, 255)));
        _neverPasses(op);
    }

    function test_fuzz_cut(uint256 pair, bool above, uint256 length) public {
        PackedUserOperation memory op = _good(pair, above);
        op.signature = _cutTo(op.signature, bound(length, 0, op.signature.length - 1));
        _neverPasses(op);
    }

    function test_fuzz_more(uint256 pair, bool above, bytes calldata more) public {
        vm.assume(more.length != 0);
        PackedUserOperation memory op = _good(pair, above);
        op.signature = abi.encodePacked(op.signature, more);
        _neverPasses(op);
    }

    function test_fuzz_anySignatures(uint256 pair, bool above, bytes calldata noise) public {
        _good(pair, above);
        Draft memory draft = _draft(_transfer(above ? THRESHOLD + 1 : THRESHOLD));
        _neverPasses(_sealed(draft, noise));
        _neverPasses(_sealed(draft, _pair(_byKey(keccak256(noise)), noise)));
    }

    function test_fuzz_redemptionByteChanged(uint256 pair, bool above, uint256 position, uint8 change) public {
        (Redemption memory it, bytes memory context) = _goodRedemption(pair, above);
        position = bound(position, 0, context.length - 1);
        context[position] ^= bytes1(uint8(bound(change, 1, 255)));
        _neverRedeems(it, context);
    }

    function test_fuzz_redemptionCut(uint256 pair, bool above, uint256 length) public {
        (Redemption memory it, bytes memory context) = _goodRedemption(pair, above);
        _neverRedeems(it, _cutTo(context, bound(length, 0, context.length - 1)));
    }

    function test_fuzz_redemptionMore(uint256 pair, bool above, bytes calldata more) public {
        vm.assume(more.length != 0);
        (Redemption memory it, bytes memory context) = _goodRedemption(pair, above);
        _neverRedeems(it, abi.encodePacked(context, more));
    }

    // ------------------------------------------------------------------ helpers

    /// @dev One of the pairs, or one of two keys without a co-signer.
    function _grantAny(uint256 pair) private returns (bool cosigned) {
        pair = bound(pair, 0, 7);
        cosigned = pair < 6;
        if (cosigned) {
            _grantPair(_pairs()[pair]);
        } else {
            keyKind = pair == 6 ? Kind.P256 : Kind.Multisig;
            _signs(_signerOf(keyKind, KEY_SECRET));
            _grant();
        }
    }

    function _good(uint256 pair, bool above) private returns (PackedUserOperation memory op) {
        bool cosigned = _grantAny(pair);
        Draft memory draft = _draft(_transfer(above ? THRESHOLD + 1 : THRESHOLD));
        bytes memory signatures = _byKey(_digest(draft));
        if (cosigned) signatures = _pair(signatures, above ? _byCosigner(_cosignDigest(draft)) : bytes(""));
        op = _sealed(draft, signatures);
        uint256 snapshot = vm.snapshotState();
        assertEq(_validate(op), (draft.validAfter << 208) | (draft.validUntil << 160), "good");
        vm.revertToState(snapshot);
    }

    function _goodRedemption(uint256 pair, bool above) private returns (Redemption memory it, bytes memory context) {
        bool cosigned = _grantAny(pair);
        it = _redemption(_transfer(above ? THRESHOLD + 1 : THRESHOLD));
        bytes memory authorization = abi.encodePacked(uint24(0), _byKey(_redemptionDigest(it, address(module))));
        if (cosigned) authorization = _pair(authorization, above ? _byCosigner(_cosignDigest(it)) : bytes(""));
        context = abi.encodePacked(_context(it), authorization);
        uint256 snapshot = vm.snapshotState();
        _relay(it, context);
        vm.revertToState(snapshot);
    }

    function _neverPasses(PackedUserOperation memory op) private {
        bytes memory call = abi.encodeCall(module.validateUserOp, (op, OperationBytes.hash(op)));
        vm.prank(ACCOUNT);
        (bool returned, bytes memory answer) = address(module).call(call);
        if (returned) assertEq(abi.decode(answer, (uint256)) & type(uint160).max, 1, "SIG_VALIDATION_FAILED");
        else _hasName(answer);
        assertEq(_state().usage.lastUntil(), 0, "nothing counted");
    }

    function _neverRedeems(Redemption memory it, bytes memory context) private {
        bytes memory call = abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, context));
        vm.prank(RELAYER, RELAYER);
        (bool returned, bytes memory answer) = address(module).call(call);
        assertFalse(returned, "refused");
        _hasName(answer);
        assertEq(_state().usage.uses(), 0, "nothing counted");
    }

    function _hasName(bytes memory answer) private pure {
        assertTrue(answer.length >= 4, "an error with a name");
        assertTrue(bytes4(answer) != bytes4(keccak256("Panic(uint256)")), "no panic");
    }
}
