// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Operators} from "./Operators.sol";
import {PathSteps} from "./PathSteps.sol";

/// @title A body that is nothing but one comparison, in as few bytes as it takes
/// @notice `0x10 or 0x18 (1) · operator (1) · path · operand`. The path ends with its first step that finds a value, the
/// operand with the body; leading zeros of its number are left out.
/// @dev Format: docs/WIRE-FORMAT.md, `single`.
library SingleComparison {
    using CalldataWord for bytes;

    /// @dev Where the path begins.
    uint256 internal constant PATH = 2;
    uint256 private constant SINGLE = 0x10;

    /// @notice Whether a body, which is not empty, is of this form.
    function isSingle(bytes calldata body) internal pure returns (bool) {
        return body.byteAt(0) & SINGLE != 0;
    }

    /// @notice Whether a comparison by this operator, if it is alone, stands in this form and in no other.
    function takes(uint256 operator) internal pure returns (bool) {
        return (operator != 0 && operator <= Operators.AT_LEAST) || operator == Operators.IN_SET;
    }

    /// @notice Where the path ends, or the body's end if it does not.
    function pathEnd(bytes calldata body) internal pure returns (uint256 end) {
        end = PATH;
        // Unchecked: offsets within calldata.
        unchecked {
            while (end < body.length) {
                uint256 step = body.byteAt(end);
                uint256 length = PathSteps.length(step);
                // An unknown step is nothing that a path could go on behind.
                if (length == 0) return body.length;
                end += length;
                if (PathSteps.ends(step)) return end;
            }
        }
    }

    /// @notice The number from `offset` to the body's end: at most 32 bytes.
    function number(bytes calldata body, uint256 offset) internal pure returns (uint256) {
        // Unchecked: by the bound, or by what the caller tests.
        unchecked {
            return body.word(offset) >> (256 - 8 * (body.length - offset));
        }
    }
}
