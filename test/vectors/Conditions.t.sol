// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ConditionBytes as C} from "../utils/ConditionBytes.sol";
import {DAY, EXACT, UNCAPPED} from "../utils/Codes.sol";
import {Call} from "../utils/OperationBytes.sol";
import {VectorTest} from "../utils/VectorTest.sol";
import {ConditionCallVector, ConditionVector, SetMemberVector, SetVector, Vectors} from "../utils/Vectors.sol";

// conditions.json, by the contracts' own code
// ├── a body is granted, and each call comes out as the vector says: allowed, or refused by the error that it names
// └── a set takes each member by its proof, and neither another word nor a member by another's proof
contract ConditionVectorsTest is VectorTest {
    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        (limits.validUntil, limits.epoch) = (VECTOR_TIME + 1 days, 1);
        _window(VECTOR_TIME, VECTOR_TIME + 1);
    }

    function test_cases() public {
        ConditionVector[] memory vectors = Vectors.conditions();
        assertEq(vectors.length, 11, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            delete permissions;
            _permit(EXACT, UNCAPPED, _named("target"), vectors[i].selector, vectors[i].body);
            _grantsNext();
            for (uint256 j; j < vectors[i].calls.length; ++j) {
                ConditionCallVector memory it = vectors[i].calls[j];
                _proofs(it.setProofs);
                _comesOut(
                    string.concat(vectors[i].name, ": ", it.name), it.expected, Call(_named("target"), it.value, it.data, 0)
                );
            }
        }
    }

    function test_sets() public {
        SetVector[] memory vectors = Vectors.sets();
        assertEq(vectors.length, 6, "how many");
        for (uint256 i; i < vectors.length; ++i) {
            SetVector memory set = vectors[i];
            delete permissions;
            bytes memory body = C.setBody(C.clause(C.inSet(C.word(0), set.root, uint32(set.count))));
            _permit(EXACT, UNCAPPED, APP, PING, body);
            _grantsNext();
            for (uint256 j; j < set.members.length; ++j) {
                SetMemberVector memory member = set.members[j];
                bytes[][] memory proofs = new bytes[][](1);
                proofs[0] = member.proof;
                _proofs(proofs);
                _comesOut("member", "holds", Call(APP, 0, abi.encodePacked(PING, member.word), 0));
                _comesOut("no member", "ConditionFailed", Call(APP, 0, abi.encodePacked(PING, member.word ^ 1), 0));
                uint256 other = set.members[(j + 1) % set.members.length].word;
                string memory expected = other == member.word ? "holds" : "ConditionFailed";
                _comesOut("another's proof", expected, Call(APP, 0, abi.encodePacked(PING, other), 0));
            }
        }
    }

    // ------------------------------------------------------------------ helpers

    /// @dev Sets what stands behind the leaf: `setProofCount · (depth · neighbour · node*)*`.
    function _proofs(bytes[][] memory proofs) private {
        bytes memory out = abi.encodePacked(uint8(proofs.length));
        for (uint256 i; i < proofs.length; ++i) {
            out = abi.encodePacked(out, uint8(proofs[i].length));
            for (uint256 j; j < proofs[i].length; ++j) out = abi.encodePacked(out, proofs[i][j]);
        }
        setProofs = out;
    }

    function _comesOut(string memory name, string memory expected, Call memory call) private view {
        try module.preview(_signed(_draft(call))) {
            assertTrue(_same(expected, "holds"), name);
        } catch (bytes memory answer) {
            assertEq(bytes32(bytes4(answer)), bytes32(_selectorOf(expected)), name);
        }
    }

    /// @dev Of a refusal by its name; 0 for any other.
    function _selectorOf(string memory expected) private pure returns (bytes4) {
        if (_same(expected, "ConditionFailed")) return ConditionFailed.selector;
        if (_same(expected, "PinnedWordMismatch")) return PinnedWordMismatch.selector;
        if (_same(expected, "ArgumentMissing")) return ArgumentMissing.selector;
        if (_same(expected, "PathOutOfData")) return PathOutOfData.selector;
        if (_same(expected, "OffsetNotCanonical")) return OffsetNotCanonical.selector;
        if (_same(expected, "ElementMissing")) return ElementMissing.selector;
        if (_same(expected, "WordNotClean")) return WordNotClean.selector;
        return _same(expected, "NestedCallMismatch") ? NestedCallMismatch.selector : bytes4(0);
    }
}
