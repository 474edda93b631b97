// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {OperationBytes} from "../../../utils/OperationBytes.sol";
import {VerifiedSignerTest} from "../../../utils/VerifiedSignerTest.sol";

// bundler lane: keys that a verifier checks
// ├── passes, by each verifier, and so does the dry run; rules revert as ever
// ├── SIG_VALIDATION_FAILED, nothing counted: no signature, another hash, another operation's, another key's under the same
// │   verifier, cut anywhere, a byte behind, the EOA's that the verifier's key stands for, a length in front
// ├── the evidence says whose signature it is: another granted key's does not do, a key that was not granted is refused
// ├── what was counted for one key is not counted for another under the same verifier
// ├── a malformed signer in the evidence is refused with its bytes
// └── revoked: refused; all keys revoked: refused
contract VerifierBundlerLaneTest is VerifiedSignerTest {
    function setUp() public override {
        super.setUp();
        _signs(_p256(KEY_SECRET));
        _grant();
    }

    function test_passes() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory signature = _signP256(KEY_SECRET, _digest(draft));
        assertEq(module.preview(_sealed(draft, "")).keyId, keyId, "preview");
        _passes(draft, signature);
        _signs(_multisig(KEY_SECRET));
        _grant();
        draft = _draft(_transfer(1));
        assertEq(module.preview(_sealed(draft, "")).keyId, keyId, "preview");
        _passes(draft, _signMultisig(KEY_SECRET, _digest(draft)));
    }

    function test_rules() public {
        Draft memory draft = _draft(_transfer(CAP + 1));
        PackedUserOperation memory op = _sealed(draft, _signP256(KEY_SECRET, _digest(draft)));
        vm.expectPartialRevert(SpendingLimitExceeded.selector);
        module.preview(op);
        vm.prank(ACCOUNT);
        vm.expectPartialRevert(SpendingLimitExceeded.selector);
        module.validateUserOp(op, bytes32(0));
    }

    function test_fails() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory signature = _signP256(KEY_SECRET, _digest(draft));
        _fails(draft, _signP256(KEY_SECRET, keccak256("other")), "another hash");
        _fails(draft, _signP256(KEY_SECRET, OperationBytes.hash(draft.op)), "the bare operation");
        _fails(draft, _signP256(KEY_SECRET, _digest(_draft(_transfer(2)))), "another operation");
        _fails(draft, _signP256(KEY_SECRET, _cosignDigest(draft)), "the co-signer's type");
        _fails(draft, _signP256(COSIGNER_SECRET, _digest(draft)), "another key");
        _fails(draft, _sign(KEY_SECRET, _digest(draft)), "an EOA's");
        _fails(draft, abi.encodePacked(signature, uint8(0)), "a byte behind");
        _fails(draft, abi.encodePacked(uint8(0), signature), "a byte in front");
        _fails(draft, _pair(signature, ""), "a length in front");
        _fails(draft, new bytes(64), "zeros");
        for (uint256 length; length < signature.length; ++length) _fails(draft, _cutTo(signature, length), "cut");
        _passes(draft, signature);
    }

    function test_multisigFails() public {
        _signs(_multisig(KEY_SECRET));
        _grant();
        Draft memory draft = _draft(_transfer(1));
        bytes memory signature = _signMultisig(KEY_SECRET, _digest(draft));
        _fails(draft, _signMultisig(COSIGNER_SECRET, _digest(draft)), "other members");
        _fails(draft, _sign(KEY_SECRET, _digest(draft)), "the member alone");
        for (uint256 length; length < signature.length; ++length) _fails(draft, _cutTo(signature, length), "cut");
        _passes(draft, signature);
    }

    function test_othersKey() public {
        Draft memory mine = _draft(_transfer(1));
        _signs(_p256(COSIGNER_SECRET));
        Draft memory others = _draft(_transfer(1));
        bytes memory signature = _signP256(COSIGNER_SECRET, _digest(others));
        _reverts(others, signature, abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        _grant();
        _passes(others, signature);
        _signs(_p256(KEY_SECRET));
        assertEq(_state().usage.uses(), 0, "counts apart");
        _fails(mine, signature, "the other key's");
        _fails(mine, _signP256(COSIGNER_SECRET, _digest(mine)), "the other key's, over this");
    }

    /// @dev The same address as an EOA and as a verifier are two keys.
    function test_kindsApart() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory eoa = abi.encodePacked(uint8(1), p256);
        draft.evidence = abi.encodePacked(OperationBytes.evidenceHead(eoa, _header()), hex"00");
        _reverts(
            draft, new bytes(65), abi.encodeWithSelector(KeyNotGranted.selector, keccak256(eoa))
        );
    }

    function test_malformedSigner() public {
        bytes[5] memory signers = [
            abi.encodePacked(uint8(2), p256),
            abi.encodePacked(uint8(3), p256, uint8(1)),
            abi.encodePacked(uint8(1), p256, uint8(1)),
            abi.encodePacked(uint8(0), p256, uint8(1)),
            abi.encodePacked(uint8(2))
        ];
        for (uint256 i; i < signers.length; ++i) {
            Draft memory draft = _draft(_transfer(1));
            draft.evidence = OperationBytes.evidenceHead(signers[i], _header());
            _reverts(draft, new bytes(64), abi.encodeWithSelector(SignerMalformed.selector, signers[i]));
        }
    }

    function test_revoked() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory signature = _signP256(KEY_SECRET, _digest(draft));
        uint256 snapshot = vm.snapshotState();
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _reverts(draft, signature, abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        vm.revertToState(snapshot);
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _reverts(
            draft,
            signature,
            abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, limits.epoch, uint256(limits.epoch) + 1)
        );
    }
}
