// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The Merkle sets of docs/WIRE-FORMAT.md, level by level
library SetBytes {
    /// @notice The first 28 bytes of the hash of two words, or of two nodes as words.
    function node(bytes32 a, bytes32 b) internal pure returns (bytes28) {
        return bytes28(keccak256(a < b ? abi.encodePacked(a, b) : abi.encodePacked(b, a)));
    }

    function root(uint256[] memory words) internal pure returns (bytes28) {
        bytes32[] memory level = _first(words);
        do level = _next(level);
        while (level.length > 1);
        return bytes28(level[0] << 32);
    }

    /// @notice The siblings of member `index`, from its neighbour upwards, behind their number: one of a leaf's set proofs.
    function proof(uint256[] memory words, uint256 index) internal pure returns (bytes memory siblings) {
        bytes32[] memory level = _first(words);
        uint8 depth;
        do {
            uint256 other = index ^ 1 < level.length ? index ^ 1 : index;
            siblings = depth == 0
                ? abi.encodePacked(level[other])
                : abi.encodePacked(siblings, bytes28(level[other] << 32));
            ++depth;
            index /= 2;
            level = _next(level);
        } while (level.length > 1);
        return abi.encodePacked(depth, siblings);
    }

    function _first(uint256[] memory words) private pure returns (bytes32[] memory level) {
        level = new bytes32[](words.length);
        for (uint256 i; i < words.length; ++i) level[i] = bytes32(words[i]);
    }

    /// @dev An odd last one is paired with itself.
    function _next(bytes32[] memory level) private pure returns (bytes32[] memory next) {
        next = new bytes32[]((level.length + 1) / 2);
        for (uint256 i; i < next.length; ++i) {
            uint256 right = 2 * i + 1 < level.length ? 2 * i + 1 : 2 * i;
            next[i] = bytes32(node(level[2 * i], level[right])) >> 32;
        }
    }
}
