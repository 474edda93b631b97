// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, EXACT, LIFETIME, UNCAPPED} from "../../../utils/Codes.sol";
import {CosignTest} from "../../../utils/CosignTest.sol";
import {Call, OperationBytes} from "../../../utils/OperationBytes.sol";

// validateUserOp: the co-signature
// ├── the co-signer's over the same content: allows
// ├── missing: refused with meter, threshold and charge (also in {ValidateCosignTest})
// ├── by another key, the session key among them: refused with both addresses
// ├── over another operation, window, evidence, chain, or the key's type: refused with both heads
// ├── any other length, the upper half of s, v other than 27 and 28: refused as malformed
// ├── the head alone proves nothing
// ├── beside a key's signature that does not hold: SIG_VALIDATION_FAILED and no revert, be the co-signature right, wrong,
// │   missing or not needed: a bundler's estimate with stubs passes, whatever gas it tries
// ├── cannot stand in for the key's, nor before it
// └── in a policy without a co-signer it is a malformed signature of the key
contract ValidateCosignatureTest is CosignTest {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, LIFETIME, 1000);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, UNCAPPED, TOKEN, TRANSFER);
        _threshold(0, 50);
        _grant();
    }

    function test_both() public {
        assertEq(_validate(_cosigned(_above())) & type(uint160).max, 0, "valid");
        assertEq(_state().usage.meterSpent(), 51, "counted");
    }

    function test_anotherKey() public {
        Draft memory draft = _above();
        bytes32 digest = _cosignDigest(draft);
        uint256[2] memory others = [COSIGNER_SECRET + 1, KEY_SECRET];
        for (uint256 i; i < 2; ++i) {
            _refusesOperation(
                _with(draft, _cosign(others[i], digest)),
                abi.encodeWithSelector(
                    CosignatureByAnotherKey.selector, vm.addr(COSIGNER_SECRET), vm.addr(others[i])
                )
            );
        }
    }

    function test_otherContent() public {
        Draft memory draft = _above();
        Draft memory other = _draft(_transfer(52));
        _refusesContent(draft, _cosignDigest(other));
        other = _above();
        other.op.nonce = 1;
        _refusesContent(draft, _cosignDigest(other));
        other = _above();
        other.validUntil -= 1;
        _refusesContent(draft, _cosignDigest(other));
        other = _above();
        other.validAfter += 1;
        _refusesContent(draft, _cosignDigest(other));
        other = _above();
        Call memory uncapped = _transfer(51);
        uncapped.permission = 1;
        other.evidence = _draft(uncapped).evidence;
        _refusesContent(draft, _cosignDigest(other));
        // The type that the key signs, by the co-signer.
        _refusesContent(draft, _digest(draft));
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        bytes32 elsewhere = _cosignDigest(draft);
        vm.chainId(chain);
        _refusesContent(draft, elsewhere);
    }

    function test_headProvesNothing() public {
        Draft memory draft = _above();
        bytes32 digest = _cosignDigest(draft);
        bytes memory cosignature = abi.encodePacked(bytes4(digest), _sign(COSIGNER_SECRET, _digest(draft)));
        PackedUserOperation memory op = _with(draft, cosignature);
        vm.prank(ACCOUNT);
        vm.expectPartialRevert(CosignatureByAnotherKey.selector);
        module.validateUserOp(op, _hash(op));
        // Nor does the right signature under another head pass.
        cosignature = abi.encodePacked(~bytes4(digest), _sign(COSIGNER_SECRET, digest));
        _refusesOperation(
            _with(draft, cosignature),
            abi.encodeWithSelector(CosignatureOverOtherContent.selector, bytes4(digest), ~bytes4(digest))
        );
    }

    function test_malformed() public {
        Draft memory draft = _above();
        bytes32 digest = _cosignDigest(draft);
        bytes memory own = _cosign(COSIGNER_SECRET, digest);
        for (uint256 length = 1; length < 69; ++length) _refusesForm(draft, _cut(own, length));
        _refusesForm(draft, abi.encodePacked(own, uint8(0)));
        _refusesForm(draft, abi.encodePacked(own, own));
        _refusesForm(draft, new bytes(69));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(COSIGNER_SECRET, digest);
        uint8 otherV = v == 27 ? 28 : 27;
        _refusesForm(draft, abi.encodePacked(bytes4(digest), r, CURVE_ORDER - uint256(s), otherV));
        for (uint256 other; other < 256; ++other) {
            if (other == 27 || other == 28) continue;
            _refusesForm(draft, abi.encodePacked(bytes4(digest), r, s, uint8(other)));
        }
    }

    function test_fuzz_random(bytes4 head, bytes32 r, bytes32 s, uint8 v) public {
        Draft memory draft = _above();
        PackedUserOperation memory op = _with(draft, abi.encodePacked(head, r, s, v));
        bytes32 opHash = _hash(op);
        vm.prank(ACCOUNT);
        try module.validateUserOp(op, opHash) {
            assertTrue(false, "accepted");
        } catch (bytes memory problem) {
            bytes4 selector = bytes4(problem);
            bool known = selector == CosignatureMalformed.selector || selector == CosignatureByAnotherKey.selector
                || selector == CosignatureOverOtherContent.selector;
            assertTrue(known, "one of the three");
        }
    }

    function test_withoutTheKey() public {
        Draft memory draft = _above();
        bytes32 digest = _cosignDigest(draft);
        bytes memory right = _cosign(COSIGNER_SECRET, digest);
        bytes memory wrong = _sign(KEY_SECRET + 1, _digest(draft));
        _fails(draft, abi.encodePacked(wrong, right));
        _fails(draft, abi.encodePacked(wrong, _cosign(COSIGNER_SECRET + 1, digest)));
        _fails(draft, abi.encodePacked(wrong, new bytes(69)));
        _fails(draft, abi.encodePacked(wrong, uint8(1)));
        _fails(draft, new bytes(134));
        Draft memory below = _draft(_transfer(50));
        _fails(below, abi.encodePacked(wrong, right));
        // The co-signer alone, in both places.
        _fails(draft, abi.encodePacked(_sign(COSIGNER_SECRET, digest), right));
        _fails(draft, abi.encodePacked(_sign(COSIGNER_SECRET, _digest(draft)), right));
        // The other way round.
        _fails(draft, abi.encodePacked(right, _sign(KEY_SECRET, _digest(draft))));
    }

    function test_missing() public {
        Draft memory draft = _above();
        bytes memory missing = abi.encodeWithSelector(CosignatureMissing.selector, 0, 50, 51);
        bytes memory own = _sign(KEY_SECRET, _digest(draft));
        _refusesOperation(_sealed(draft, own), missing);
        for (uint256 length; length < 65; ++length) _fails(draft, _cut(own, length));
        _fails(draft, new bytes(65));
    }

    function test_withoutCosigner() public {
        delete cosigner;
        delete thresholds;
        ++limits.serial;
        _grant();
        Draft memory draft = _above();
        _fails(draft, _cosigned(draft));
        _accepts(draft);
    }

    // ------------------------------------------------------------------ helpers

    function _above() private view returns (Draft memory) {
        return _draft(_transfer(51));
    }

    function _refusesContent(Draft memory draft, bytes32 other) private {
        _refusesOperation(
            _with(draft, _cosign(COSIGNER_SECRET, other)),
            abi.encodeWithSelector(
                CosignatureOverOtherContent.selector, bytes4(_cosignDigest(draft)), bytes4(other)
            )
        );
    }

    function _refusesForm(Draft memory draft, bytes memory cosignature) private {
        _refusesOperation(
            _with(draft, cosignature), abi.encodeWithSelector(CosignatureMalformed.selector, cosignature.length)
        );
    }

    function _fails(Draft memory draft, bytes memory signatures) private {
        _fails(draft, _sealed(draft, signatures));
    }

    function _fails(Draft memory, PackedUserOperation memory op) private {
        bytes32 before = keccak256(abi.encode(_state()));
        assertEq(_validate(op) & type(uint160).max, 1, "SIG_VALIDATION_FAILED");
        assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
    }

    function _hash(PackedUserOperation memory op) private view returns (bytes32) {
        return OperationBytes.hash(op);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
