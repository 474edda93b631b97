// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Raw reads of packed calldata
/// @dev The wire format is packed; Solidity's slices check bounds per field and copy. A caller of this library checks
/// the bounds of a whole record once, then reads its fields. A read past the end of `data` sees whatever calldata
/// follows (or zero) and is never used for anything by a caller that has checked.
library CalldataWord {
    /// @notice The 32 bytes at `position` of calldata.
    function load(uint256 position) internal pure returns (uint256 value) {
        // Assembly: Solidity has no expression for it.
        assembly ("memory-safe") {
            value := calldataload(position)
        }
    }

    /// @notice `length` bytes from `position` of calldata, unchecked.
    function sliceAt(uint256 position, uint256 length) internal pure returns (bytes calldata part) {
        // Assembly: as above.
        assembly ("memory-safe") {
            part.offset := position
            part.length := length
        }
    }

    /// @notice The 32 bytes at `offset` of `data`.
    function word(bytes calldata data, uint256 offset) internal pure returns (uint256 value) {
        // Assembly: a checked slice costs about 60 gas a field and there are some twenty fields an operation.
        assembly ("memory-safe") {
            value := calldataload(add(data.offset, offset))
        }
    }

    /// @notice The byte at `offset` of `data`.
    function byteAt(bytes calldata data, uint256 offset) internal pure returns (uint256 value) {
        // Assembly: as above.
        assembly ("memory-safe") {
            value := byte(0, calldataload(add(data.offset, offset)))
        }
    }

    /// @notice `data[offset : offset + length]`, unchecked.
    function slice(bytes calldata data, uint256 offset, uint256 length) internal pure returns (bytes calldata part) {
        // Assembly: a calldata slice without Solidity's two bound checks, which the caller has made for the record.
        assembly ("memory-safe") {
            part.offset := add(data.offset, offset)
            part.length := length
        }
    }

    /// @notice Where in `data` a slice of it begins.
    function offsetOf(bytes calldata data, bytes calldata part) internal pure returns (uint256 offset) {
        // Assembly: Solidity cannot compare where calldata lies.
        assembly ("memory-safe") {
            offset := sub(part.offset, data.offset)
        }
    }

    /// @notice keccak256 of `data`.
    function hash(bytes calldata data) internal pure returns (bytes32 result) {
        // Assembly: hashes in the free memory beyond the pointer without moving it, so that memory does not grow
        // with every hash of an operation.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            calldatacopy(memory_, data.offset, data.length)
            result := keccak256(memory_, data.length)
        }
    }
}
