// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PermissionHead} from "./PermissionHead.sol";

/// @title The tree over a policy's permissions, and its tagged hashes
/// @notice Format: docs/WIRE-FORMAT.md. Every hash begins with a tag of its own (leaf 0x00, node 0x01, root 0x02), so
/// that none can be read as another.
library PermissionTree {
    uint256 private constant NODE_TAG = 1;
    uint256 private constant ROOT_TAG = 2;

    /// @notice Hash of one permission: `0x00 · head (26) · bodyHash`.
    function leaf(PermissionHead head, bytes32 bodyHash) internal pure returns (bytes32 result) {
        // Assembly: packs 59 bytes beyond the free pointer without moving it. The head's 26 bytes stand behind the
        // zero tag byte; the body hash overwrites the rest of the first word.
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
        if (proof.length == 0) return current;
        uint256 tag = NODE_TAG;
        // Assembly: {node} for each sibling, with the tag written once and the smaller hash placed first without a
        // jump: a policy of a thousand permissions has ten of them in every operation. Beyond the free pointer.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore8(memory_, tag)
            let first := add(memory_, 1)
            let end := add(proof.offset, proof.length)
            for { let at := proof.offset } lt(at, end) { at := add(at, 32) } {
                let sibling := calldataload(at)
                let shift := shl(5, lt(sibling, current))
                mstore(add(first, shift), current)
                mstore(add(first, xor(shift, 32)), sibling)
                current := keccak256(memory_, 65)
            }
        }
    }

    /// @notice Writes leaf `index`, which the caller guarantees to be below `leaves.length`.
    function set(bytes32[] memory leaves, uint256 index, bytes32 value) internal pure {
        // Assembly: without the bound check that a loop over a known count repeats for each permission of a grant.
        assembly ("memory-safe") {
            mstore(add(add(leaves, 32), shl(5, index)), value)
        }
    }

    /// @notice The permissions root of a whole policy: the first `hotCount` leaves as a chain from the root down, the
    /// others as a balanced tree below it. Overwrites `leaves`.
    /// @param leaves not empty; `hotCount` at most its length.
    function build(bytes32[] memory leaves, uint256 hotCount) internal pure returns (bytes32 top) {
        // Unchecked: counts down from the array's length.
        unchecked {
            uint256 hot = hotCount;
            uint256 width = leaves.length - hot;
            // A chain of hot leaves alone ends in its last leaf.
            if (width == 0) top = leaves[--hot];
            else top = _balanced(leaves, hot, width);
            while (hot > 0) top = node(leaves[--hot], top);
        }
    }

    /// @dev The top of a balanced tree over `width` leaves from `first` on, level by level in order; an odd last node
    /// moves up as it is.
    function _balanced(bytes32[] memory leaves, uint256 first, uint256 width) private pure returns (bytes32 top) {
        uint256 tag = NODE_TAG;
        // Assembly: {node} for each pair, read and written in place without bound checks: `to` never passes `from`, and
        // `from` never the level's end. Scratch is beyond the free pointer.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore8(memory_, tag)
            let low := add(memory_, 1)
            let base := add(add(leaves, 32), shl(5, first))
            for {} gt(width, 1) {} {
                let to := base
                let end := add(base, shl(5, width))
                let from := base
                for { let last := sub(end, 32) } lt(from, last) { from := add(from, 64) } {
                    let a := mload(from)
                    let b := mload(add(from, 32))
                    let shift := shl(5, lt(b, a))
                    mstore(add(low, shift), a)
                    mstore(add(low, xor(shift, 32)), b)
                    mstore(to, keccak256(memory_, 65))
                    to := add(to, 32)
                }
                if lt(from, end) {
                    mstore(to, mload(from))
                }
                width := shr(1, add(width, 1))
            }
            top := mload(base)
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
