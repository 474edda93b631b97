// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DynamicArrayLib} from "solady/src/utils/DynamicArrayLib.sol";
import {PermissionHead} from "./Permissions.sol";

/// @title The tree over a policy's permissions, and its tagged hashes
/// @notice Format: docs/WIRE-FORMAT.md. Every hash begins with a tag of its own (leaf 0x00, node 0x01, root 0x02), so
/// that none can be read as another.
library PermissionTree {
    using DynamicArrayLib for uint256[];

    /// @dev Hash of the body of a permission that has none.
    bytes32 private constant NO_BODY = keccak256("");
    uint256 private constant NODE_TAG = 1;
    uint256 private constant ROOT_TAG = 2;

    /// @notice Hash of one permission that has no body.
    function leaf(PermissionHead head) internal pure returns (bytes32) {
        return leaf(head, NO_BODY);
    }

    /// @notice Hash of one permission.
    function leaf(PermissionHead head, bytes32 bodyHash) internal pure returns (bytes32 result) {
        // Assembly: packs 59 bytes beyond the free pointer without moving it. Word 0 is tag 0x00 (8 bits), the head
        // (208), and 40 bits that the body hash then overwrites.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, shl(40, head))
            mstore(add(memory_, 27), bodyHash)
            result := keccak256(memory_, 59)
        }
    }

    /// @notice Hash of two children, whichever way round.
    function node(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? _pair(NODE_TAG, a, b) : _pair(NODE_TAG, b, a);
    }

    /// @notice The policy root, as stored.
    function root(bytes32 headerHash, bytes32 permissionsRoot) internal pure returns (bytes32) {
        return _pair(ROOT_TAG, headerHash, permissionsRoot);
    }

    /// @notice Walks a proof (siblings from the leaf upwards) to the permissions root it claims.
    /// @param proof whole 32-byte words.
    function climb(bytes32 start, bytes calldata proof) internal pure returns (bytes32 current) {
        current = start;
        // Assembly: a thousand permissions make proofs of ten, so what a step costs is felt; here it writes the two
        // children in order behind a tag that stays, beyond the free pointer, and hashes the 65 bytes.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore8(memory_, NODE_TAG)
            let left := add(memory_, 1)
            let right := add(memory_, 33)
            let end := add(proof.offset, proof.length)
            for { let at := proof.offset } lt(at, end) { at := add(at, 32) } {
                let sibling := calldataload(at)
                switch lt(current, sibling)
                case 0 {
                    mstore(left, sibling)
                    mstore(right, current)
                }
                default {
                    mstore(left, current)
                    mstore(right, sibling)
                }
                current := keccak256(memory_, 65)
            }
        }
    }

    /// @notice The permissions root of a whole policy: the first `hotCount` leaves as a chain from the root down, the
    /// others as a balanced tree below it. Overwrites `leaves`.
    /// @param leaves not empty; `hotCount` at most its length.
    function build(uint256[] memory leaves, uint256 hotCount) internal pure returns (bytes32) {
        if (leaves.length == 1) return bytes32(leaves.get(0));
        uint256 hot = hotCount;
        // Unchecked, by Solady's array accesses too: every index is below the array's length, and `hot` is decremented
        // only above 0.
        unchecked {
            uint256 width = leaves.length - hot;
            // A chain of hot leaves alone ends in its last leaf.
            if (width == 0) (hot, width) = (hot - 1, 1);
            for (; width > 1; width = (width + 1) >> 1) _buildLevel(leaves, hot, width);
            bytes32 top = leaves.getBytes32(hot);
            while (hot > 0) top = node(leaves.getBytes32(--hot), top);
            return top;
        }
    }

    /// @dev Replaces `width` hashes of `leaves` from index `first` by those of their pairs, in order; an odd last one
    /// moves up as it is.
    function _buildLevel(uint256[] memory leaves, uint256 first, uint256 width) private pure {
        // Assembly: a grant of a thousand permissions comes by here a thousand times. Writes within the array, and a tag
        // and two children in order beyond the free pointer, as {climb}.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore8(memory_, NODE_TAG)
            let left := add(memory_, 1)
            let right := add(memory_, 33)
            let parent := add(add(leaves, 32), shl(5, first))
            let child := parent
            let end := add(child, shl(5, and(width, not(1))))
            for {} lt(child, end) { child := add(child, 64) } {
                let a := mload(child)
                let b := mload(add(child, 32))
                let order := shl(5, lt(b, a))
                mstore(add(left, order), a)
                mstore(sub(right, order), b)
                mstore(parent, keccak256(memory_, 65))
                parent := add(parent, 32)
            }
            if and(width, 1) { mstore(parent, mload(child)) }
        }
    }

    function _pair(uint256 tag, bytes32 a, bytes32 b) private pure returns (bytes32 result) {
        // Assembly: 65 bytes beyond the free pointer without moving it.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore8(memory_, tag)
            mstore(add(memory_, 1), a)
            mstore(add(memory_, 33), b)
            result := keccak256(memory_, 65)
        }
    }
}
