// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CosignedPairTest} from "../../../utils/CosignedPairTest.sol";
import {OperationBytes} from "../../../utils/OperationBytes.sol";

// bundler lane: a key and a co-signer of which a verifier checks one or both, for every pair of kinds
// ├── below the threshold: passes alone, behind its length; a co-signature is refused, be it one byte
// ├── above it: passes by both; the dry run says that it needs both
// ├── above it, the key's signature good: refused where the co-signer's is missing, another key's, the session key's, over
// │   the key's type or another operation, cut anywhere, with a byte behind
// ├── where the key's is not good: SIG_VALIDATION_FAILED, whatever the co-signer's is, and nothing counted
// └── the length in front: absent, too long, too short, beyond the end, cut; signatures that moved from one part to the
//     other or changed places: SIG_VALIDATION_FAILED
contract CosignedPairsTest is CosignedPairTest {
    function test_below() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD));
            bytes memory mine = _byKey(_digest(draft));
            bytes memory others = _byCosigner(_cosignDigest(draft));
            assertFalse(module.preview(_sealed(draft, "")).needsCosignature, "needs none");
            _reverts(draft, _pair(mine, others), _notNeeded(others.length));
            _reverts(draft, _pair(mine, hex"00"), _notNeeded(1));
            _fails(draft, mine, "no length");
            _fails(draft, "", "nothing");
            _fails(draft, _pair("", mine), "the co-signer's part");
            _fails(draft, _pair("", others), "the co-signer alone");
            _passes(draft, _pair(mine, ""));
        }
    }

    function test_above() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD + 1));
            bytes memory mine = _byKey(_digest(draft));
            bytes memory others = _byCosigner(_cosignDigest(draft));
            assertTrue(module.preview(_sealed(draft, "")).needsCosignature, "needs both");
            _reverts(draft, _pair(mine, ""), _missing(THRESHOLD + 1));
            _passes(draft, _pair(mine, others));
        }
    }

    function test_byAnother() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD + 1));
            bytes memory mine = _byKey(_digest(draft));
            bytes32 codigest = _cosignDigest(draft);
            bytes memory others = _headed(codigest, _signAs(cosignerKind, KEY_SECRET, codigest));
            _reverts(draft, _pair(mine, others), _byAnother(others.length, vm.addr(KEY_SECRET)));
            others = _headed(codigest, _byKey(codigest));
            _reverts(draft, _pair(mine, others), _byAnother(others.length, vm.addr(KEY_SECRET)));
        }
    }

    function test_overOtherContent() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD + 1));
            bytes memory mine = _byKey(_digest(draft));
            bytes32 codigest = _cosignDigest(draft);
            _reverts(draft, _pair(mine, _byCosigner(_digest(draft))), _otherContent(codigest, bytes4(_digest(draft))));
            bytes32 other = _cosignDigest(_draft(_transfer(THRESHOLD + 2)));
            _reverts(draft, _pair(mine, _byCosigner(other)), _otherContent(codigest, bytes4(other)));
            // The right head before a signature over something else.
            bytes memory forged = _headed(codigest, _signAs(cosignerKind, COSIGNER_SECRET, other));
            (bool returned, bytes memory answer) = _ask(draft, _pair(mine, forged));
            assertFalse(returned, "refused");
            assertEq(bytes32(bytes4(answer)), bytes32(CosignatureByAnotherKey.selector), "whose");
        }
    }

    function test_cut() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD + 1));
            bytes memory mine = _byKey(_digest(draft));
            bytes memory others = _byCosigner(_cosignDigest(draft));
            for (uint256 length = 1; length < others.length; ++length) {
                _reverts(draft, _pair(mine, _cutTo(others, length)), _byAnother(length, address(0)));
            }
            _reverts(draft, _pair(mine, abi.encodePacked(others, uint8(0))), _byAnother(others.length + 1, address(0)));
            bytes memory whole = _pair(mine, others);
            for (uint256 length; length < 2 + mine.length; ++length) _fails(draft, _cutTo(whole, length), "cut");
        }
    }

    function test_keyFails() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            for (uint256 amount = THRESHOLD; amount <= THRESHOLD + 1; ++amount) {
                Draft memory draft = _draft(_transfer(amount));
                bytes memory others = _byCosigner(_cosignDigest(draft));
                bytes memory anothers = _signAs(keyKind, COSIGNER_SECRET, _digest(draft));
                _fails(draft, _pair(anothers, others), "another's");
                _fails(draft, _pair(anothers, ""), "another's, alone");
                _fails(draft, _pair(_byKey(_cosignDigest(draft)), others), "the co-signer's type");
                _fails(draft, _pair(_byKey(keccak256("other")), others), "another hash");
                _fails(draft, _pair("", others), "none");
                _fails(draft, _pair(others, others), "the co-signer twice");
            }
        }
    }

    function test_length() public {
        Kind[2][6] memory pairs = _pairs();
        for (uint256 i; i < pairs.length; ++i) {
            _grantPair(pairs[i]);
            Draft memory draft = _draft(_transfer(THRESHOLD + 1));
            bytes memory mine = _byKey(_digest(draft));
            bytes memory others = _byCosigner(_cosignDigest(draft));
            bytes memory both = abi.encodePacked(mine, others);
            for (uint256 length; length <= both.length + 1; ++length) {
                if (length != mine.length) _fails(draft, abi.encodePacked(uint16(length), both), "another length");
            }
            _fails(draft, abi.encodePacked(type(uint16).max, both), "the longest");
            _fails(draft, both, "no length");
            _fails(draft, abi.encodePacked(uint8(mine.length), both), "one byte of length");
            _fails(draft, _pair(both, ""), "both in the key's part");
            _fails(draft, _pair("", both), "both in the co-signer's part");
            _fails(draft, _pair(others, mine), "in each other's place");
            _passes(draft, _pair(mine, others));
        }
    }

    /// @dev Two EOAs have no length in front, and take none.
    function test_twoEoas() public {
        _grantPair([Kind.Eoa, Kind.Eoa]);
        Draft memory draft = _draft(_transfer(THRESHOLD + 1));
        bytes memory mine = _byKey(_digest(draft));
        bytes memory others = _byCosigner(_cosignDigest(draft));
        _fails(draft, _pair(mine, others), "a length");
        _passes(draft, abi.encodePacked(mine, others));
    }

    function _ask(Draft memory draft, bytes memory signatures) private returns (bool returned, bytes memory answer) {
        bytes memory call =
            abi.encodeCall(module.validateUserOp, (_sealed(draft, signatures), OperationBytes.hash(draft.op)));
        vm.prank(ACCOUNT);
        (returned, answer) = address(module).call(call);
    }
}
