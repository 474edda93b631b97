// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The steps of a path into a call's arguments
/// @dev Format: docs/WIRE-FORMAT.md, `Paths`.
library PathSteps {
    uint256 internal constant WORD = 0x01;
    uint256 internal constant FOLLOW = 0x02;
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

    /// @notice Bytes of a step, 0 for none that is known.
    function length(uint256 step) internal pure returns (uint256) {
        if (step == WORD || step == EVERY || step == SOME) return 2;
        if (step == FOLLOW || step == TYPED_WORD) return 3;
        if (step == ELEMENT || step == SLICE) return 4;
        if (step == CALL) return 5;
        if (step == LENGTH || step == BYTES || step == VALUE) return 1;
        return 0;
    }
}
