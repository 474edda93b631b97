// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The Merkle sets of docs/WIRE-FORMAT.md, from the top down
/// @dev Cut as {TreeBytes} cuts: the left side is the largest power of two below the size.
library SetBytes {
    function leaf(uint256 word) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0x10), word));
    }

    function node(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return keccak256(a < b ? abi.encodePacked(uint8(0x11), a, b) : abi.encodePacked(uint8(0x11), b, a));
    }

    function root(uint256[] memory words) internal pure returns (bytes32) {
        return _root(words, 0, words.length);
    }

    /// @notice The siblings of member `index`, from the leaf upwards, behind their number: one of a leaf's set proofs.
    function proof(uint256[] memory words, uint256 index) internal pure returns (bytes memory) {
        bytes memory siblings = _proof(words, 0, words.length, index);
        return abi.encodePacked(uint8(siblings.length / 32), siblings);
    }

    function _root(uint256[] memory words, uint256 from, uint256 to) private pure returns (bytes32) {
        if (to - from == 1) return leaf(words[from]);
        uint256 middle = from + _leftSize(to - from);
        return node(_root(words, from, middle), _root(words, middle, to));
    }

    function _proof(uint256[] memory words, uint256 from, uint256 to, uint256 index)
        private
        pure
        returns (bytes memory)
    {
        if (to - from == 1) return "";
        uint256 middle = from + _leftSize(to - from);
        return index < middle
            ? abi.encodePacked(_proof(words, from, middle, index), _root(words, middle, to))
            : abi.encodePacked(_proof(words, middle, to, index), _root(words, from, middle));
    }

    function _leftSize(uint256 size) private pure returns (uint256 power) {
        power = 1;
        while (power * 2 < size) power *= 2;
    }
}
