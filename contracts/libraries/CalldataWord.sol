// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title Raw reads of packed calldata
/// @dev The wire format is packed; Solidity's slices check bounds per field and copy. A caller of this library checks
/// the bounds of a whole record once, then reads its fields. A read past the end of `data` sees whatever calldata
/// follows (or zero) and is never used for anything by a caller that has checked.
library CalldataWord {
    /// @dev Head word of {PackedUserOperation}.
    uint256 private constant FIELD_SIGNATURE = 8;

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

    /// @notice The byte string whose offset stands in head word `index` of `userOp`. Reverts without data, as Solidity's
    /// decoder does, if it does not lie within calldata.
    function field(PackedUserOperation calldata userOp, uint256 index) internal pure returns (bytes calldata part) {
        // Assembly: Solidity's accessor makes the same checks one jump at a time, at three times the cost. Offset and
        // length are bounded by 2^64, so that no sum wraps.
        assembly ("memory-safe") {
            let offset := calldataload(add(userOp, shl(5, index)))
            let start := add(userOp, offset)
            part.length := calldataload(start)
            part.offset := add(start, 32)
            if or(shr(64, or(offset, part.length)), gt(add(part.offset, part.length), calldatasize())) { revert(0, 0) }
        }
    }

    /// @notice `userOp.signature`, with the checks of {field}.
    function signature(PackedUserOperation calldata userOp) internal pure returns (bytes calldata) {
        return field(userOp, FIELD_SIGNATURE);
    }

    /// @notice The length of that byte string, as it stands there.
    function fieldLength(PackedUserOperation calldata userOp, uint256 index) internal pure returns (uint256 length) {
        // Assembly: a look at a field whose bytes nobody reads needs no bounds.
        assembly ("memory-safe") {
            length := calldataload(add(userOp, calldataload(add(userOp, shl(5, index)))))
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

    /// @notice Where in call data the byte at `offset` of `data` stands.
    function place(bytes calldata data, uint256 offset) internal pure returns (uint256 position) {
        // Assembly: a calldata slice's place has no spelling in Solidity.
        assembly ("memory-safe") {
            position := add(data.offset, offset)
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
