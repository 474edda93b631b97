// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING, UNCAPPED} from "../../../utils/Codes.sol";
import {Call, OperationBytes} from "../../../utils/OperationBytes.sol";
import {Permission, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";
import {TreeBytes} from "../../../utils/TreeBytes.sol";

// validateUserOp: proofs against the stored policy
// ├── allows every permission of a tree of any size and any number of hot leaves
// ├── refuses a permission that is not in the tree
// ├── refuses a leaf with another mark or another body than granted
// ├── refuses a proof with a sibling missing, added or changed
// ├── refuses another header under the same permissions
// └── refuses the policy of another grant
contract ValidateProofsTest is SessionKeyTest {
    function test_everyLeafOfEveryShape() public {
        for (uint256 size = 1; size < 10; ++size) {
            _permit(EXACT, MOVES_NOTHING, APP, _selector(size - 1));
            for (uint256 hot; hot <= size; ++hot) {
                hotCount = uint8(hot);
                _grant();
                for (uint256 i; i < size; ++i) _accepts(_call(i));
                ++limits.serial;
            }
        }
    }

    function test_permissionOutsideTheTree() public {
        _grantFive();
        _permit(EXACT, MOVES_NOTHING, APP, _selector(5));
        bytes32 root = _grantedRoot();
        for (uint256 i; i < 5; ++i) {
            // The stranger's leaf under the proof of each granted one.
            Draft memory draft = _draft(_call(5));
            draft.evidence = _evidenceFor(permissions[5], _grantedProof(i));
            _refuses(draft, abi.encodeWithSelector(CallNotPermitted.selector, 0, APP, _selector(5), root));
        }
    }

    function test_leafChanged() public {
        _grantFive();
        Permission memory it = permissions[2];
        it.mark = UNCAPPED;
        _refusesLeaf(it, _grantedProof(2));
        it = permissions[2];
        it.body = PolicyBytes.maxValueBody(1);
        _refusesLeaf(it, _grantedProof(2));
    }

    function test_proofChanged() public {
        _grantFive();
        bytes memory proof = _grantedProof(2);
        _refusesLeaf(permissions[2], "");
        _refusesLeaf(permissions[2], abi.encodePacked(proof, bytes32(0)));
        _refusesLeaf(permissions[2], abi.encodePacked(bytes32(0), proof));
        for (uint256 i; i < proof.length; i += 7) {
            bytes memory changed = abi.encodePacked(proof);
            changed[i] = ~changed[i];
            _refusesLeaf(permissions[2], changed);
        }
        _refusesLeaf(permissions[2], _grantedProof(1));
    }

    function test_anotherHeader() public {
        _grantFive();
        bytes32 root = _policyRoot();
        _meter(TOKEN, 4, 1e18);
        Draft memory draft = _draft(_call(2));
        _refuses(draft, abi.encodeWithSelector(CallNotPermitted.selector, 0, APP, _selector(2), root));
    }

    function test_policyOfAnEarlierGrant() public {
        _grantFive();
        Draft memory draft = _draft(_call(2));
        ++limits.serial;
        _clearPolicy();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
        _refuses(draft, abi.encodeWithSelector(CallNotPermitted.selector, 0, APP, _selector(2), _policyRoot()));
    }

    // ------------------------------------------------------------------ helpers

    function _grantFive() private {
        for (uint256 i; i < 5; ++i) _permit(EXACT, MOVES_NOTHING, APP, _selector(i));
        hotCount = 1;
        _grant();
    }

    function _refusesLeaf(Permission memory leaf, bytes memory proof) private {
        Draft memory draft = _draft(_call(2));
        draft.evidence = _evidenceFor(leaf, proof);
        _refuses(draft, abi.encodeWithSelector(CallNotPermitted.selector, 0, APP, _selector(2), _policyRoot()));
    }

    function _evidenceFor(Permission memory leaf, bytes memory proof) private view returns (bytes memory) {
        return abi.encodePacked(OperationBytes.evidenceHead(signer, _header()), OperationBytes.leaf(leaf, proof));
    }

    /// @dev Root and proofs of the five, whatever was added to the fixture since.
    function _grantedRoot() private view returns (bytes32) {
        return PolicyBytes.policyRoot(_header(), TreeBytes.root(_grantedLeaves(), 1));
    }

    function _grantedProof(uint256 index) private view returns (bytes memory) {
        return TreeBytes.proof(_grantedLeaves(), 1, index);
    }

    function _grantedLeaves() private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](5);
        for (uint256 i; i < 5; ++i) leaves[i] = PolicyBytes.leaf(permissions[i]);
    }

    function _call(uint256 i) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(_selector(i), i), i);
    }

    function _selector(uint256 i) private pure returns (bytes4) {
        return bytes4(keccak256(abi.encode("function", i)));
    }
}
