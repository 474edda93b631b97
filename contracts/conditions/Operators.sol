// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title The operators of a comparison
/// @dev Format: docs/WIRE-FORMAT.md, `Operators`.
library Operators {
    using CalldataWord for bytes;

    uint256 internal constant EQUAL = 1;
    uint256 internal constant EQUAL_SELF = 2;
    uint256 internal constant NOT_EQUAL = 3;
    uint256 internal constant AT_MOST = 4;
    uint256 internal constant AT_LEAST = 5;
    uint256 internal constant SIGNED_AT_MOST = 6;
    uint256 internal constant SIGNED_AT_LEAST = 7;
    uint256 internal constant IN_LIST = 8;
    uint256 internal constant IN_SET = 9;
    uint256 internal constant MASKED_EQUAL = 10;
    uint256 internal constant PREFIX = 11;
    uint256 internal constant HASH = 12;
    uint256 internal constant EQUAL_PATH = 13;
    uint256 internal constant AT_MOST_PATH = 14;
    uint256 internal constant AT_LEAST_PATH = 15;

    /// @dev root 28 · count 4.
    uint256 internal constant ROOT_LENGTH = 28;
    uint256 internal constant SET_LENGTH = 32;

    /// @notice Bytes of the operands that stand at `offset`; reads at most the one byte there.
    function operandLength(uint256 operator, bytes calldata body, uint256 offset) internal pure returns (uint256) {
        // Unchecked: a byte times 32.
        unchecked {
            if (operator < IN_LIST) return operator == EQUAL_SELF ? 0 : 32;
            if (operator == IN_SET) return SET_LENGTH;
            if (operator == IN_LIST) return 1 + 32 * body.byteAt(offset);
            if (operator == MASKED_EQUAL) return 64;
            return operator == HASH ? 32 : 1 + body.byteAt(offset);
        }
    }
}
