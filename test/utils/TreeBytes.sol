// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The permission tree of docs/WIRE-FORMAT.md, from the top down
/// @notice The contracts build it level by level upwards. Pairing in order and letting an odd last node move up gives the
/// tree whose left side is the largest power of two below its size, which is how it is cut here.
library TreeBytes {
    function node(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return keccak256(a < b ? abi.encodePacked(uint8(1), a, b) : abi.encodePacked(uint8(1), b, a));
    }

    function root(bytes32[] memory leaves, uint256 hotCount) internal pure returns (bytes32) {
        return _chainFrom(leaves, hotCount, 0);
    }

    /// @notice The siblings of leaf `index`, from the leaf upwards, packed.
    function proof(bytes32[] memory leaves, uint256 hotCount, uint256 index) internal pure returns (bytes memory out) {
        uint256 above = index;
        if (index < hotCount) {
            if (index + 1 < leaves.length) out = abi.encodePacked(_chainFrom(leaves, hotCount, index + 1));
        } else {
            out = _balancedProof(leaves, hotCount, leaves.length, index);
            above = hotCount;
        }
        while (above > 0) out = abi.encodePacked(out, leaves[--above]);
    }

    /// @dev What hangs below the chain's link number `link`.
    function _chainFrom(bytes32[] memory leaves, uint256 hotCount, uint256 link) private pure returns (bytes32) {
        if (link == hotCount) return _balanced(leaves, link, leaves.length);
        if (link + 1 == leaves.length) return leaves[link];
        return node(leaves[link], _chainFrom(leaves, hotCount, link + 1));
    }

    function _balanced(bytes32[] memory leaves, uint256 from, uint256 to) private pure returns (bytes32) {
        if (to - from == 1) return leaves[from];
        uint256 middle = from + _leftSize(to - from);
        return node(_balanced(leaves, from, middle), _balanced(leaves, middle, to));
    }

    function _balancedProof(bytes32[] memory leaves, uint256 from, uint256 to, uint256 index)
        private
        pure
        returns (bytes memory)
    {
        if (to - from == 1) return "";
        uint256 middle = from + _leftSize(to - from);
        return index < middle
            ? abi.encodePacked(_balancedProof(leaves, from, middle, index), _balanced(leaves, middle, to))
            : abi.encodePacked(_balancedProof(leaves, middle, to, index), _balanced(leaves, from, middle));
    }

    function _leftSize(uint256 size) private pure returns (uint256 power) {
        power = 1;
        while (power * 2 < size) power *= 2;
    }
}
