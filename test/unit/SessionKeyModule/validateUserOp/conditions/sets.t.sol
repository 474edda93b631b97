// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ConditionBytes as C} from "../../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../../utils/ConditionTest.sol";
import {Call, REPEATED} from "../../../../utils/OperationBytes.sol";
import {SetBytes} from "../../../../utils/SetBytes.sol";

// validateUserOp: Merkle sets
// ├── every member of sets of 1 to 9, by its own proof; no other word by any of them
// ├── no inner node poses as a member, and every proof is as long as the tree is deep
// ├── all of it where a body is nothing but one set
// ├── a missing proof, one too many, and proofs that leave the evidence
// ├── proofs are used in the order of the comparisons that are reached
// ├── every element of an array by a proof of its own
// └── a leaf with proofs is not repeated
contract ValidateSetsTest is ConditionTest {
    uint256[] private members;

    function test_members() public {
        for (uint256 size = 1; size <= 9; ++size) {
            _set(size);
            for (uint256 i; i < size; ++i) {
                _prove(1, SetBytes.proof(members, i));
                _allows(abi.encode(members[i]));
                _fails(abi.encode(members[i] + 1), members[i] + 1);
                if (size > 1) _fails(abi.encode(members[(i + 1) % size]), members[(i + 1) % size]);
            }
        }
    }

    function test_noInnerNode() public {
        // Of four words, the root is the hash of two nodes, and with the other one as sibling each of them leads to it.
        _set(4);
        bytes32 left = bytes32(SetBytes.node(bytes32(members[0]), bytes32(members[1]))) >> 32;
        bytes32 right = bytes32(SetBytes.node(bytes32(members[2]), bytes32(members[3]))) >> 32;
        assertEq(SetBytes.node(left, right), SetBytes.root(members), "a node and its sibling lead to the root");
        _prove(1, abi.encodePacked(uint8(1), right));
        _fails(abi.encode(left), uint256(left));
        _prove(1, abi.encodePacked(uint8(0)));
        _fails(abi.encode(left), uint256(left));
        // The same where a body is nothing but that.
        _rules(C.setBody(C.clause(C.inSet(C.word(0), SetBytes.root(members), 4))));
        _prove(1, abi.encodePacked(uint8(1), right));
        _plain(abi.encode(left), _failed(uint256(left)));
        _prove(1, SetBytes.proof(members, 3));
        _accepts(Call(APP, 0, abi.encodePacked(PING, abi.encode(members[3])), 0));
    }

    function test_depth() public {
        // A tree of three said to have other numbers of members: only those of as deep a tree take its proofs.
        _fill(3);
        for (uint32 count = 1; count <= 6; ++count) {
            _rules(C.setBody(C.clause(C.inSet(C.word(0), SetBytes.root(members), count))));
            _prove(1, SetBytes.proof(members, 0));
            if (count == 3 || count == 4) _accepts(Call(APP, 0, abi.encodePacked(PING, abi.encode(members[0])), 0));
            else _plain(abi.encode(members[0]), _failed(members[0]));
        }
    }

    /// @dev As {test_members}, {test_missingAndUnused} and {test_leavesEvidence}, where a body is nothing but a set.
    function test_single() public {
        for (uint256 size = 1; size <= 9; ++size) {
            _fill(size);
            _rules(C.setBody(C.clause(C.inSet(C.word(0), SetBytes.root(members), uint32(size)))));
            for (uint256 i; i < size; ++i) {
                _prove(1, SetBytes.proof(members, i));
                _accepts(Call(APP, 0, abi.encodePacked(PING, abi.encode(members[i])), 0));
                _plain(abi.encode(members[i] + 1), _failed(members[i] + 1));
            }
        }
        bytes memory member = abi.encode(members[0]);
        bytes memory proof = SetBytes.proof(members, 0);
        _prove(0, "");
        _plain(member, abi.encodeWithSelector(SetProofMissing.selector, 0, 0));
        _prove(2, abi.encodePacked(proof, proof));
        _plain(member, abi.encodeWithSelector(SetProofsUnused.selector, 0, proof.length, 2 * proof.length));
        setProofs = "";
        uint256 end = 12 + _draft(Call(APP, 0, abi.encodePacked(PING, member), 0)).evidence.length;
        _plain(member, abi.encodeWithSelector(EvidenceMalformed.selector, end));
        _prove(1, abi.encodePacked(uint8(4), new bytes(64)));
        _plain(member, abi.encodeWithSelector(EvidenceMalformed.selector, end));
        setProofs = abi.encodePacked(uint8(1), proof, uint8(0));
        _plain(member, abi.encodeWithSelector(EvidenceMalformed.selector, end + 1 + proof.length));
    }

    /// @dev By way of an array, and a body that is nothing but that.
    function test_singlePath() public {
        _fill(5);
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.element(1, 1), C.word(0));
        _rules(C.setBody(C.clause(C.inSet(path, SetBytes.root(members), 5))));
        _prove(1, SetBytes.proof(members, 4));
        bytes memory arguments = abi.encode(_words(7, members[4], 7));
        _accepts(Call(APP, 0, abi.encodePacked(PING, arguments), 0));
        _plain(abi.encode(_words(members[4], 7, 7)), _failed(7));
    }

    function test_missingAndUnused() public {
        _set(4);
        _prove(0, "");
        _denies(abi.encode(members[0]), abi.encodeWithSelector(SetProofMissing.selector, 0, 0));
        bytes memory proof = SetBytes.proof(members, 0);
        _prove(2, abi.encodePacked(proof, proof));
        _denies(
            abi.encode(members[0]),
            abi.encodeWithSelector(SetProofsUnused.selector, 0, proof.length, 2 * proof.length)
        );
    }

    function test_leavesEvidence() public {
        _set(4);
        bytes memory proof = SetBytes.proof(members, 0);
        Call memory call = Call(APP, CARRIED, abi.encodePacked(PING, abi.encode(members[0])), 0);
        setProofs = "";
        bytes memory problem =
            abi.encodeWithSelector(EvidenceMalformed.selector, 12 + _draft(call).evidence.length);
        _refuses(call, problem);
        _prove(2, proof);
        _refuses(call, problem);
        _prove(1, abi.encodePacked(uint8(3), new bytes(64)));
        _refuses(call, problem);
        setProofs = abi.encodePacked(uint8(1), proof, uint8(0));
        Draft memory draft = _draft(call);
        _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + draft.evidence.length - 1));
    }

    function test_inOrder() public {
        _fill(4);
        bytes28 root = SetBytes.root(members);
        // Word 0 or else word 1, and word 2.
        bytes memory body = abi.encodePacked(
            uint8(11), uint128(CARRIED), uint8(2),
            C.either(C.inSet(C.word(0), root, 4), C.inSet(C.word(1), root, 4)), C.clause(C.inSet(C.word(2), root, 4))
        );
        _rules(body);
        (bytes memory first, bytes memory last) = (SetBytes.proof(members, 0), SetBytes.proof(members, 3));
        _prove(2, abi.encodePacked(first, last));
        _allows(abi.encode(members[0], 0, members[3]));
        _prove(2, abi.encodePacked(last, first));
        _fails(abi.encode(members[0], 0, members[3]), 0);
        _prove(1, first);
        _denies(
            abi.encode(members[0], 0, members[3]), abi.encodeWithSelector(SetProofMissing.selector, 0, 1)
        );
        _prove(3, abi.encodePacked(first, first, last));
        _allows(abi.encode(0, members[0], members[3]));
    }

    function test_every() public {
        _fill(5);
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(1), C.word(0));
        _rules(
            abi.encodePacked(
                uint8(11), uint128(CARRIED), uint8(1), C.clause(C.inSet(path, SetBytes.root(members), 5))
            )
        );
        bytes memory other = SetBytes.proof(members, 2);
        bytes memory proofs = abi.encodePacked(SetBytes.proof(members, 4), other, other);
        _prove(3, proofs);
        _allows(abi.encode(_words(members[4], members[2], members[2])));
        _fails(abi.encode(_words(members[4], members[3], members[2])), members[3]);
        _denies(
            abi.encode(new uint256[](0)), abi.encodeWithSelector(SetProofsUnused.selector, 0, 0, proofs.length)
        );
    }

    function test_notRepeated() public {
        _set(4);
        _prove(1, SetBytes.proof(members, 0));
        Call[] memory calls = new Call[](2);
        calls[0] = Call(APP, 0, abi.encodePacked(PING, abi.encode(members[0])), 0);
        calls[1] = Call(APP, 0, calls[0].data, 0);
        _accepts(_draft(calls));
        calls[1].permission = REPEATED;
        Draft memory draft = _draft(calls);
        _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + draft.evidence.length));
        // Nor where the body is nothing but a set, with or without proofs behind the repetition.
        _rules(C.setBody(C.clause(C.inSet(C.word(0), SetBytes.root(members), 4))));
        draft = _draft(calls);
        _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + draft.evidence.length));
        uint256 end = draft.evidence.length;
        draft.evidence = abi.encodePacked(draft.evidence, setProofs);
        _refuses(draft, abi.encodeWithSelector(EvidenceMalformed.selector, 12 + end));
    }

    function _fill(uint256 size) private {
        delete members;
        for (uint256 i; i < size; ++i) members.push(1000 + 10 * i);
    }

    /// @dev Grants: word 0 is in the set of `size`.
    function _set(uint256 size) private {
        _fill(size);
        bytes memory clause = C.clause(C.inSet(C.word(0), SetBytes.root(members), uint32(size)));
        _rules(abi.encodePacked(uint8(11), uint128(CARRIED), uint8(1), clause));
    }

    function _prove(uint8 count, bytes memory proofs) private {
        setProofs = abi.encodePacked(count, proofs);
    }

    function _plain(bytes memory arguments, bytes memory problem) private {
        _refuses(Call(APP, 0, abi.encodePacked(PING, arguments), 0), problem);
    }
}
