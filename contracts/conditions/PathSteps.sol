// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The steps of a path into a call's arguments
/// @dev Format: docs/WIRE-FORMAT.md, `Paths`.
library PathSteps {
    uint256 internal constant WORD = 0x01;
    uint256 internal constant FOLLOW = 0x02;
    uint256 internal constant FOLLOW_BEFORE = 0x03;
    uint256 internal constant ELEMENT = 0x04;
    uint256 internal constant EVERY = 0x05;
    uint256 internal constant SOME = 0x06;
    uint256 internal constant LENGTH = 0x07;
    uint256 internal constant BYTES = 0x08;
    uint256 internal constant CALL = 0x09;
    uint256 internal constant VALUE = 0x0a;
    uint256 internal constant SLICE = 0x0b;
    uint256 internal constant TYPED_WORD = 0x0c;

    /// @dev Where a call's arguments begin: behind its selector.
    uint256 internal constant ARGUMENTS = 4;
    /// @dev Of a SLICE's offset: counts from the end of the byte string.
    uint256 internal constant FROM_END = 0x8000;

    /// @notice Whether a step finds a value, and so ends its path.
    function ends(uint256 step) internal pure returns (bool) {
        return step == WORD || step == TYPED_WORD || step == LENGTH || step == BYTES || step == VALUE || step == SLICE;
    }

    /// @notice Bytes of a step, 0 for none that is known.
    function length(uint256 step) internal pure returns (uint256 bytes_) {
        // Assembly: a table by code, for the loop over an array's elements asks at every step.
        assembly ("memory-safe") {
            bytes_ := byte(step, shl(152, 0x00020307040202010105010403))
        }
    }
}
