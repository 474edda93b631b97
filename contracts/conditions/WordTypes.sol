// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The types that a word can be held to
/// @notice One byte: bits 0–5 the size in bytes, 1 to 32; bits 6–7 the family.
library WordTypes {
    uint256 internal constant UNSIGNED = 0;
    uint256 internal constant BYTES = 1;
    uint256 internal constant SIGNED = 2;

    uint256 private constant SIZE_MASK = 0x3f;

    function family(uint256 wordType) internal pure returns (uint256) {
        return wordType >> 6;
    }

    function size(uint256 wordType) internal pure returns (uint256) {
        return wordType & SIZE_MASK;
    }

    function isKnown(uint256 wordType) internal pure returns (bool) {
        return size(wordType) != 0 && size(wordType) <= 32 && family(wordType) <= SIGNED;
    }

    /// @notice Whether `word` is what an encoder writes for a value of a known type.
    function isClean(uint256 word, uint256 wordType) internal pure returns (bool clean) {
        uint256 bits = 8 * size(wordType);
        uint256 family_ = family(wordType);
        if (family_ == UNSIGNED) return word >> bits == 0;
        if (family_ == BYTES) return word << bits == 0;
        // Assembly: SIGNEXTEND, for a width known only here, has no spelling in Solidity.
        assembly ("memory-safe") {
            clean := eq(signextend(sub(shr(3, bits), 1), word), word)
        }
    }
}
