// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Operators} from "./Operators.sol";
import {PathSteps} from "./PathSteps.sol";

/// @title Clauses that can never hold together
/// @notice Finds what is plain to see: two clauses that bound one and the same value, with nothing between the bounds.
library Contradictions {
    using CalldataWord for bytes;

    /// @notice Holds a clause of one comparison, at `start`, against the `before` clauses that stand from `offset` on.
    function check(bytes calldata body, uint256 offset, uint256 before, uint256 start, uint256 index) internal pure {
        (bool bounded, uint256 low, uint256 high) = _bounds(body, start + 1);
        if (!bounded) return;
        bytes calldata path = _path(body, start + 1);
        // Unchecked: offsets within a body whose clauses so far have been checked.
        unchecked {
            for (; before != 0; --before) {
                uint256 left = body.byteAt(offset);
                if (left == 1) {
                    (bool alike, uint256 otherLow, uint256 otherHigh) = _bounds(body, offset + 1);
                    bool apart = otherLow > high || low > otherHigh;
                    if (alike && apart && _path(body, offset + 1).hash() == path.hash()) {
                        revert ISessionKeyErrors.ConditionImpossible(index, start);
                    }
                }
                for (++offset; left != 0; --left) {
                    uint256 operands = offset + 2 + body.byteAt(offset + 1);
                    offset = operands + Operators.operandLength(body.byteAt(offset), body, operands);
                }
            }
        }
    }

    /// @dev What values the comparison allows, where that is one range of one value.
    function _bounds(bytes calldata body, uint256 comparison)
        private
        pure
        returns (bool bounded, uint256 low, uint256 high)
    {
        uint256 operator = body.byteAt(comparison);
        bytes calldata path = _path(body, comparison);
        uint256 operand = body.word(comparison + 2 + path.length);
        if (_isQuantified(path)) return (false, 0, 0);
        if (operator == Operators.EQUAL) return (true, operand, operand);
        if (operator == Operators.AT_MOST) return (true, 0, operand);
        if (operator == Operators.AT_LEAST) return (true, operand, type(uint256).max);
        return (false, 0, 0);
    }

    function _path(bytes calldata body, uint256 comparison) private pure returns (bytes calldata) {
        return body.slice(comparison + 2, body.byteAt(comparison + 1));
    }

    function _isQuantified(bytes calldata path) private pure returns (bool) {
        uint256 cursor;
        while (cursor < path.length) {
            uint256 step = path.byteAt(cursor);
            if (step == PathSteps.EVERY || step == PathSteps.SOME) return true;
            cursor += PathSteps.length(step);
        }
        return false;
    }
}
