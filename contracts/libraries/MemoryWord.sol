// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Raw reads of packed bytes in memory
/// @dev What {CalldataWord} is for calldata: a caller has checked the bounds of a whole record.
library MemoryWord {
    /// @notice The 32 bytes at `offset` of `data`.
    function word(bytes memory data, uint256 offset) internal pure returns (uint256 value) {
        // Assembly: Solidity reads packed bytes one by one.
        assembly ("memory-safe") {
            value := mload(add(add(data, 32), offset))
        }
    }

    /// @notice The byte at `offset` of `data`.
    function byteAt(bytes memory data, uint256 offset) internal pure returns (uint256 value) {
        // Assembly: as above.
        assembly ("memory-safe") {
            value := byte(0, mload(add(add(data, 32), offset)))
        }
    }

    /// @notice keccak256 of `length` bytes from `offset`.
    function hash(bytes memory data, uint256 offset, uint256 length) internal pure returns (bytes32 result) {
        // Assembly: Solidity hashes whole byte strings only.
        assembly ("memory-safe") {
            result := keccak256(add(add(data, 32), offset), length)
        }
    }
}
