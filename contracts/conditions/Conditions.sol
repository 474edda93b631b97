// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {ConditionCall, IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {MerkleSets} from "./MerkleSets.sol";
import {Operators} from "./Operators.sol";
import {ShortPaths} from "./ShortPaths.sol";

/// @title Argument conditions, the part of them that stands in the module
/// @notice A conjunction of clauses, each a disjunction of comparisons. Here a clause of short paths and plain operators
/// can hold; as soon as one does not, or asks for more, that clause and all behind it go to {IConditionEngine}. So nothing
/// is ever refused here but by the engine's word, and the module carries neither rare steps nor their errors.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`.
library Conditions {
    using CalldataWord for bytes;

    /// @notice Holds every clause of `body` from `offset` against one call, or reverts.
    /// @param body of a permission that was checked when it was granted.
    /// @param proofs set proofs, one behind the other; all of them must be used.
    /// @return end first offset behind the conditions.
    function enforce(
        IConditionEngine engine,
        bytes calldata body,
        uint256 offset,
        bytes calldata proofs,
        uint256 callIndex,
        uint256 value,
        bytes calldata data,
        address account
    ) internal pure returns (uint256 end) {
        uint256 left = body.byteAt(offset);
        uint256 used;
        // Unchecked: at most 255 clauses, over a body whose form the grant has checked.
        unchecked {
            end = offset + 1;
            for (; left != 0; --left) {
                (uint256 next, uint256 usedThen) = _clause(body, end, proofs, used, data, account);
                if (next == 0) {
                    uint256 clauseIndex = body.byteAt(offset) - left;
                    (end, used) = engine.enforce(
                        body, data, proofs, ConditionCall(callIndex, value, account, end, clauseIndex, left, used)
                    );
                    break;
                }
                (end, used) = (next, usedThen);
            }
        }
        if (used != proofs.length) revert ISessionKeyErrors.SetProofsUnused(callIndex, used, proofs.length);
    }

    /// @notice The word that a path finds, or reverts.
    /// @param body holds the path, checked when it was granted, at `start` to `end`.
    function read(
        IConditionEngine engine,
        bytes calldata body,
        uint256 start,
        uint256 end,
        uint256 callIndex,
        uint256 value,
        bytes calldata data
    ) internal pure returns (uint256 word) {
        bool found;
        (found, word) = ShortPaths.read(body, start, end, data);
        if (!found) word = engine.read(body, start, end, data, callIndex, value);
    }

    /// @return next where the next clause begins, or 0 if this one is not known to hold.
    /// @return used set proofs used so far, in bytes.
    function _clause(
        bytes calldata body,
        uint256 offset,
        bytes calldata proofs,
        uint256 usedBefore,
        bytes calldata data,
        address account
    ) private pure returns (uint256 next, uint256 used) {
        uint256 left = body.byteAt(offset);
        bool holds;
        used = usedBefore;
        // Unchecked: offsets within a body of at most 65,535 bytes.
        unchecked {
            next = offset + 1;
            for (; left != 0; --left) {
                uint256 operator = body.byteAt(next);
                uint256 operands = next + 2 + body.byteAt(next + 1);
                if (!holds) {
                    (bool found, uint256 word) = ShortPaths.read(body, next + 2, operands, data);
                    if (!found) return (0, 0);
                    if (operator == Operators.EQUAL) {
                        holds = word == body.word(operands);
                    } else if (operator == Operators.EQUAL_SELF) {
                        holds = word == uint160(account);
                    } else if (operator == Operators.NOT_EQUAL) {
                        holds = word != body.word(operands);
                    } else if (operator == Operators.AT_MOST) {
                        holds = word <= body.word(operands);
                    } else if (operator == Operators.AT_LEAST) {
                        holds = word >= body.word(operands);
                    } else if (operator == Operators.IN_LIST) {
                        holds = _isListed(body, operands, word);
                    } else if (operator == Operators.IN_SET) {
                        if (used >= proofs.length) return (0, 0);
                        (holds, used) = MerkleSets.contains(
                            word, bytes32(body.word(operands)), body.word(operands + 32) >> 224, proofs, used
                        );
                    } else {
                        return (0, 0);
                    }
                }
                next = operands + Operators.operandLength(operator, body, operands);
            }
        }
        if (!holds) return (0, 0);
    }

    /// @dev `count (1) · word (32)*`.
    function _isListed(bytes calldata body, uint256 offset, uint256 word) private pure returns (bool listed) {
        // Unchecked: at most 255 words, in a body that was checked.
        unchecked {
            uint256 end = offset + 1 + 32 * body.byteAt(offset);
            for (++offset; offset < end; offset += 32) {
                if (body.word(offset) == word) listed = true;
            }
        }
    }
}
