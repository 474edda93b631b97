// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {KeyUsage} from "../../../../contracts/policy/KeyUsage.sol";
import {SignedGrantTest} from "../../../utils/SignedGrantTest.sol";

// grants that the owner signed, for a key that a verifier checks
// ├── carried: stored and counted by the key's signature, which is over the grant too; the next operation needs none
// ├── another key's signature, none, or one over the operation without its grant: fails, nothing counted
// ├── submitted: stored as well
// └── neither way for the account, the module, zero, a precompile or an address without code as verifier, nor malformed
contract CarriedVerifierKeysTest is SignedGrantTest {
    uint256 private constant ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    address private verifier;

    function setUp() public override {
        super.setUp();
        verifier = deploy("contracts/verifiers/P256SolidityVerifier.sol:P256SolidityVerifier");
        (uint256 x, uint256 y) = vm.publicKeyP256(KEY_SECRET);
        _signs(abi.encodePacked(uint8(2), verifier, x, y));
    }

    function test_carried() public {
        Draft memory draft = _carrying(40);
        PackedUserOperation memory op = _signedP256(draft, KEY_SECRET);
        assertEq(_previewsCarried(op).keyId, keyId, "preview");
        assertEq(_validate(op), (draft.validAfter << 208) | (draft.validUntil << 160), "validation data");
        assertEq(_state().usage.meterSpent(), 40, "spent");
        draft = _draft(_transfer(60));
        assertEq(
            _validate(_signedP256(draft, KEY_SECRET)), (draft.validAfter << 208) | (draft.validUntil << 160), "the next"
        );
    }

    function test_fails() public {
        Draft memory draft = _carrying(1);
        _fails(_signedP256(draft, OWNER_SECRET), "another key's");
        _fails(_sealed(draft, ""), "none");
        _fails(_sealed(draft, _signP256(KEY_SECRET, _digest(_draft(_transfer(1))))), "without its grant");
    }

    function test_submitted() public {
        _submit(_signedGrant());
        Draft memory draft = _draft(_transfer(1));
        assertEq(
            _validate(_signedP256(draft, KEY_SECRET)), (draft.validAfter << 208) | (draft.validUntil << 160), "passes"
        );
    }

    function test_forbidden() public {
        address[6] memory nobody = [address(0), ACCOUNT, address(module), STRANGER, address(4), address(0x100)];
        for (uint256 i; i < nobody.length; ++i) {
            _signs(abi.encodePacked(uint8(2), nobody[i], uint8(1)));
            _refusesSigned(_signedGrant(), abi.encodeWithSelector(SignerForbidden.selector, nobody[i]));
        }
    }

    function test_malformed() public {
        bytes[3] memory signers = [
            abi.encodePacked(uint8(2), verifier),
            abi.encodePacked(uint8(3), verifier, uint8(1)),
            abi.encodePacked(uint8(1), verifier, uint8(1))
        ];
        for (uint256 i; i < signers.length; ++i) {
            _signs(signers[i]);
            _refusesSigned(_signedGrant(), abi.encodeWithSelector(SignerMalformed.selector, signers[i]));
        }
    }

    function _signs(bytes memory signer_) private {
        (signer, keyId) = (signer_, keccak256(signer_));
    }

    function _fails(PackedUserOperation memory op, string memory what) private {
        uint256 snapshot = vm.snapshotState();
        assertEq(_validate(op) & type(uint160).max, 1, what);
        assertEq(KeyUsage.unwrap(_state().usage), 0, "nothing counted");
        vm.revertToState(snapshot);
    }

    function _signedP256(Draft memory draft, uint256 secret) private view returns (PackedUserOperation memory) {
        return _sealed(draft, _signP256(secret, _digest(draft)));
    }

    function _signP256(uint256 secret, bytes32 digest) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(secret, digest);
        return abi.encode(r, uint256(s) > ORDER / 2 ? ORDER - uint256(s) : uint256(s));
    }
}
