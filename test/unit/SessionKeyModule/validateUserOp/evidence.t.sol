// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, DAY, EXACT, MOVES_NOTHING, SPONSOR} from "../../../utils/Codes.sol";
import {Call, OperationBytes, REPEATED} from "../../../utils/OperationBytes.sol";
import {Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: malformed evidence
// ├── a signature that ends before its evidence does: refused, with the length that came
// ├── evidence too short for its signer, or for its header: refused, with the offset of the length that is wrong
// ├── a signer of another kind or length: refused as malformed, with its bytes
// ├── a leaf cut short anywhere: refused, with the offset of the leaf or of its proof
// ├── fewer leaves than calls, more leaves than calls, anything behind the last leaf: refused
// └── fuzz, never a panic, never more than 500,000 gas, nothing counted
//     ├── any one byte of a good signature changed: refused or failed
//     ├── a good signature cut anywhere: refused or failed
//     └── random bytes up to the largest operation a bundler takes
contract ValidateEvidenceTest is SessionKeyTest {
    uint256 private constant HEAD = 12;
    uint256 private constant MAX_VERIFICATION_GAS = 500_000;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _meter(TOKEN, DAY, 100);
        paymasters.push(Paymaster(STRANGER, SPONSOR, hex"0102", 0, 0));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER, PolicyBytes.body(PolicyBytes.pin(0, RECIPIENT)));
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, MOVES_NOTHING, APP, bytes4("pong"));
        _grant();
    }

    function test_signatureShorterThanItsEvidence() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory whole = _signed(draft).signature;
        for (uint256 length; length < HEAD + draft.evidence.length; ++length) {
            _refusesSignature(_cut(whole, length), abi.encodeWithSelector(EvidenceMalformed.selector, length));
        }
    }

    function test_evidenceShorterThanItsParts() public {
        _refusesEvidence("", HEAD);
        _refusesEvidence(hex"15", HEAD);
        _refusesEvidence(abi.encodePacked(uint8(21), signer), HEAD);
        _refusesEvidence(abi.encodePacked(uint8(21), signer, uint8(0)), HEAD);
        _refusesEvidence(abi.encodePacked(uint8(255), signer, _header()), HEAD);
        // The header's length stands behind the signer: 12 + 1 + 21.
        _refusesEvidence(abi.encodePacked(uint8(21), signer, uint16(1)), HEAD + 22);
        bytes memory header = _header();
        _refusesEvidence(abi.encodePacked(uint8(21), signer, uint16(header.length + 1), header), HEAD + 22);
        _refusesEvidence(abi.encodePacked(uint8(21), signer, type(uint16).max, header), HEAD + 22);
    }

    function test_signer() public {
        bytes[4] memory signers = [
            abi.encodePacked(uint8(0), key),
            abi.encodePacked(uint8(2), key),
            abi.encodePacked(uint8(1), key, uint8(0)),
            abi.encodePacked(uint8(1), uint152(uint160(key)))
        ];
        for (uint256 i; i < 4; ++i) {
            bytes memory it = signers[i];
            bytes memory evidence = OperationBytes.evidenceHead(it, _header());
            _refusesSignature(
                OperationBytes.signature(NOON, NOON + 1, evidence, new bytes(65)),
                abi.encodeWithSelector(SignerMalformed.selector, it)
            );
        }
        // No signer at all announces a carried grant, here one as long as the header, with nobody behind it.
        _refusesSignature(
            OperationBytes.signature(NOON, NOON + 1, OperationBytes.evidenceHead("", _header()), new bytes(65)),
            abi.encodeWithSelector(EvidenceMalformed.selector, HEAD + 3 + _header().length)
        );
    }

    function test_leafCutShort() public {
        Draft memory draft = _draft(_transfer(1));
        uint256 leaf = OperationBytes.evidenceHead(signer, _header()).length;
        uint256 proof = leaf + 4 + permissions[0].body.length + 1;
        assertTrue(draft.evidence.length > proof, "there is a proof to cut");
        for (uint256 length = leaf; length < draft.evidence.length; ++length) {
            bytes memory signature =
                OperationBytes.signature(NOON, NOON + 1, _cut(draft.evidence, length), new bytes(65));
            uint256 offset = HEAD + (length < proof ? leaf : proof);
            _refusesSignature(signature, abi.encodeWithSelector(EvidenceMalformed.selector, offset));
        }
    }

    function test_asManyLeavesAsCalls() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(1), _transfer(1));
        calls[1].permission = REPEATED;
        Draft memory draft = _draft(calls);
        uint256 end = HEAD + draft.evidence.length;

        // One leaf too few: the second would stand at the end.
        draft.evidence = _draft(_transfer(1)).evidence;
        _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, end - 1));
        // One too many.
        calls = new Call[](1);
        calls[0] = _transfer(1);
        Draft memory single = _draft(calls[0]);
        single.evidence = abi.encodePacked(single.evidence, uint8(0));
        _refuses(single, abi.encodeWithSelector(EvidenceMalformed.selector, end - 1));
        single.evidence = abi.encodePacked(single.evidence, new bytes(40));
        _refuses(single, abi.encodeWithSelector(EvidenceMalformed.selector, end - 1));
    }

    function test_fuzz_oneByteChanged(uint256 position, uint8 change) public {
        Draft memory draft = _draft(_transfer(1));
        PackedUserOperation memory op = _signed(draft);
        position = bound(position, 0, op.signature.length - 1);
        op.signature[position] ^= bytes1(uint8(bound(change, 1, 255)));
        _neverPasses(op);
    }

    function test_fuzz_cut(uint256 length) public {
        PackedUserOperation memory op = _signed(_draft(_transfer(1)));
        op.signature = _cut(op.signature, bound(length, 0, op.signature.length - 1));
        _neverPasses(op);
    }

    function test_fuzz_randomBytes(uint256 seed, uint256 length, bool behindTheHead) public {
        bytes memory noise = new bytes(bound(length, 0, 8192));
        for (uint256 i; i < noise.length; i += 32) {
            bytes32 word = keccak256(abi.encode(seed, i));
            for (uint256 j; j < 32 && i + j < noise.length; ++j) noise[i + j] = word[j];
        }
        PackedUserOperation memory op = _draft(_transfer(1)).op;
        op.signature = noise;
        if (behindTheHead) {
            bytes memory evidence = abi.encodePacked(OperationBytes.evidenceHead(signer, _header()), noise);
            op.signature = OperationBytes.signature(NOON, NOON + 59, evidence, new bytes(65));
        }
        _neverPasses(op);
    }

    /// @dev The longest evidence that one operation holds: 255 siblings, as many calls as fit.
    function test_largestEvidence() public {
        bytes memory proof = new bytes(255 * 32);
        bytes memory leaf = OperationBytes.leaf(permissions[0], proof);
        PackedUserOperation memory op = _draft(_transfer(1)).op;
        bytes memory evidence = abi.encodePacked(OperationBytes.evidenceHead(signer, _header()), leaf);
        op.signature = OperationBytes.signature(NOON, NOON + 59, evidence, new bytes(65));
        _neverPasses(op);

        Call[] memory calls = new Call[](45);
        for (uint256 i; i < calls.length; ++i) {
            calls[i] = Call(APP, 0, abi.encodePacked(PING), i == 0 ? 1 : REPEATED);
        }
        Draft memory draft = _draft(calls);
        draft.secret = KEY_SECRET + 1;
        op = _signed(draft);
        assertTrue(abi.encode(op).length > 8000, "as much as a bundler takes");
        _neverPasses(op);
    }

    // ------------------------------------------------------------------ helpers

    function _neverPasses(PackedUserOperation memory op) private {
        bytes memory call = abi.encodeCall(module.validateUserOp, (op, OperationBytes.hash(op)));
        vm.prank(ACCOUNT);
        uint256 before = gasleft();
        (bool returned, bytes memory result) = address(module).call(call);
        uint256 used = before - gasleft();
        assertTrue(used <= MAX_VERIFICATION_GAS, "verification gas");
        if (returned) {
            assertEq(abi.decode(result, (uint256)) & type(uint160).max, 1, "SIG_VALIDATION_FAILED");
        } else {
            assertTrue(result.length >= 4, "an error with a name");
            assertTrue(bytes4(result) != bytes4(keccak256("Panic(uint256)")), "no panic");
        }
        assertEq(_state().usage.lastUntil(), 0, "nothing counted");
    }

    function _refusesEvidence(bytes memory evidence, uint256 offset) private {
        _refusesSignature(
            OperationBytes.signature(NOON, NOON + 1, evidence, ""),
            abi.encodeWithSelector(EvidenceMalformed.selector, offset)
        );
    }

    function _refusesSignature(bytes memory signature, bytes memory problem) private {
        PackedUserOperation memory op = _draft(_transfer(1)).op;
        op.signature = signature;
        bool carries = _carries(op);
        vm.expectRevert(problem);
        if (carries) module.previewCarried(op);
        else module.preview(op);
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.validateUserOp(op, bytes32(0));
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
