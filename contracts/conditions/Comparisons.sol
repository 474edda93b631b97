// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {ConditionCall} from "../interfaces/IConditionEngine.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {MerkleSets} from "./MerkleSets.sol";
import {Operators} from "./Operators.sol";
import {Paths, Walk} from "./Paths.sol";
import {PathSteps} from "./PathSteps.sol";
import {SingleComparison} from "./SingleComparison.sol";

/// @title Clauses and comparisons with every operator
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`.
library Comparisons {
    using CalldataWord for bytes;
    using Paths for Walk;

    /// @dev What is being held, and what it has come to.
    struct Trial {
        uint256 callIndex;
        uint256 clauseIndex;
        uint256 value;
        address account;
        uint256 proofsUsed;
        /// @dev The last value compared, for the error.
        uint256 compared;
    }

    /// @notice Holds the clauses from `call_.offset` on, or reverts.
    function enforce(bytes calldata body, bytes calldata data, bytes calldata proofs, ConditionCall calldata call_)
        internal
        pure
        returns (uint256 end, uint256 proofsUsed)
    {
        Trial memory trial =
            Trial(call_.callIndex, call_.clauseIndex, call_.value, call_.account, call_.proofsUsed, 0);
        if (SingleComparison.isSingle(body)) {
            (uint256 path, uint256 operands) = (SingleComparison.PATH, SingleComparison.pathEnd(body));
            uint256 operator = body.byteAt(path - 1);
            if (!_comparison(trial, body, operator, path, operands, data, proofs)) {
                _revertFailed(trial, body, operator, path, operands);
            }
            return (body.length, trial.proofsUsed);
        }
        end = call_.offset;
        // Unchecked: at most 255 clauses, and offsets within a body.
        unchecked {
            for (uint256 left = call_.clausesLeft; left != 0; --left) {
                uint256 start = end;
                bool holds;
                (holds, end) = _clause(trial, body, start, data, proofs);
                if (!holds) {
                    uint256 path = start + 3;
                    // Several comparisons are as good as one of an operator without an error of its own.
                    uint256 operator = body.byteAt(start) == 1 ? body.byteAt(start + 1) : Operators.IN_LIST;
                    _revertFailed(trial, body, operator, path, path + body.byteAt(start + 2));
                }
                ++trial.clauseIndex;
            }
        }
        return (end, trial.proofsUsed);
    }

    /// @dev A single comparison of a word of the head with one value keeps the older error, which names that value.
    function _revertFailed(
        Trial memory trial,
        bytes calldata body,
        uint256 operator,
        uint256 path,
        uint256 operands
    ) private pure {
        if (operator <= Operators.EQUAL_SELF && body.byteAt(path) == PathSteps.WORD) {
            uint256 expected =
                operator == Operators.EQUAL ? _operand(body, operands) : uint256(uint160(trial.account));
            revert ISessionKeyErrors.PinnedWordMismatch(
                trial.callIndex, body.byteAt(path + 1), bytes32(expected), bytes32(trial.compared)
            );
        }
        revert ISessionKeyErrors.ConditionFailed(trial.callIndex, trial.clauseIndex, bytes32(trial.compared));
    }

    /// @dev The word that a value is compared with.
    function _operand(bytes calldata body, uint256 operands) private pure returns (uint256) {
        return SingleComparison.isSingle(body) ? SingleComparison.number(body, operands) : body.word(operands);
    }

    function _clause(
        Trial memory trial,
        bytes calldata body,
        uint256 start,
        bytes calldata data,
        bytes calldata proofs
    ) private pure returns (bool holds, uint256 end) {
        // Unchecked: offsets within a body of at most 65,535 bytes.
        unchecked {
            end = start + 1;
            for (uint256 left = body.byteAt(start); left != 0; --left) {
                uint256 operands = end + 2 + body.byteAt(end + 1);
                if (!holds) holds = _comparison(trial, body, body.byteAt(end), end + 2, operands, data, proofs);
                end = operands + Operators.operandLength(body.byteAt(end), body, operands);
            }
        }
    }

    function _comparison(
        Trial memory trial,
        bytes calldata body,
        uint256 operator,
        uint256 path,
        uint256 operands,
        bytes calldata data,
        bytes calldata proofs
    ) private pure returns (bool holds) {
        // Unchecked: offsets within the body; elements counted by what the data hold.
        unchecked {
            Walk memory walk = Paths.open(path, operands, data, trial.callIndex, trial.value);
            walk.advance(body, data);
            uint256 quantifier = walk.quantifier;
            if (quantifier == 0) return _compare(trial, walk, operator, body, operands, data, proofs);
            // Each element begins anew where the path stands before the array. Of none, every one holds.
            (uint256 next, uint256 bound) = (walk.next, walk.bound);
            bool every = quantifier == PathSteps.EVERY;
            holds = every;
            for (uint256 i; i < walk.count && holds == every; ++i) {
                (walk.next, walk.bound) = (next, bound);
                walk.choose(body, data, i, i);
                _finish(walk, body, data);
                holds = _compare(trial, walk, operator, body, operands, data, proofs);
            }
        }
    }

    /// @dev Walks from an element to the path's end. Steps behind the one EVERY or SOME may open arrays of their own, so
    /// what is known of the outer array is put back.
    function _finish(Walk memory walk, bytes calldata body, bytes calldata data) private pure {
        (uint256 array, uint256 count, uint256 width) = (walk.array, walk.count, walk.width);
        walk.advance(body, data);
        (walk.array, walk.count, walk.width) = (array, count, width);
    }

    function _compare(
        Trial memory trial,
        Walk memory walk,
        uint256 operator,
        bytes calldata body,
        uint256 operands,
        bytes calldata data,
        bytes calldata proofs
    ) private pure returns (bool) {
        uint256 found = walk.found;
        trial.compared = found;
        if (operator == Operators.EQUAL_SELF) return found == uint160(trial.account);
        if (operator == Operators.IN_LIST) return _isListed(body, operands, found);
        if (operator == Operators.IN_SET) return _isMember(trial, body, operands, proofs);
        if (operator == Operators.PREFIX) {
            uint256 length = body.byteAt(operands);
            trial.compared = uint256(data.slice(walk.position, found).hash());
            // Unchecked: the operand lies within the body.
            unchecked {
                return found >= length
                    && data.slice(walk.position, length).hash() == body.slice(operands + 1, length).hash();
            }
        }
        if (operator > Operators.HASH) {
            uint256 other = readWord(
                body, operands + 1, operands + 1 + body.byteAt(operands), data, trial.callIndex, trial.value
            );
            if (operator == Operators.EQUAL_PATH) return found == other;
            return operator == Operators.AT_MOST_PATH ? found <= other : found >= other;
        }
        uint256 operand = _operand(body, operands);
        if (operator == Operators.HASH) {
            trial.compared = uint256(data.slice(walk.position, found).hash());
            return trial.compared == operand;
        }
        if (operator == Operators.EQUAL) return found == operand;
        if (operator == Operators.NOT_EQUAL) return found != operand;
        if (operator == Operators.AT_MOST) return found <= operand;
        if (operator == Operators.AT_LEAST) return found >= operand;
        if (operator == Operators.SIGNED_AT_MOST) return int256(found) <= int256(operand);
        if (operator == Operators.SIGNED_AT_LEAST) return int256(found) >= int256(operand);
        // MASKED_EQUAL is the one that is left.
        return found & operand == body.word(operands + 32);
    }

    /// @notice The word that a path without EVERY and SOME finds, or reverts.
    function readWord(
        bytes calldata body,
        uint256 start,
        uint256 end,
        bytes calldata data,
        uint256 callIndex,
        uint256 value
    ) internal pure returns (uint256) {
        Walk memory walk = Paths.open(start, end, data, callIndex, value);
        walk.advance(body, data);
        return walk.found;
    }

    function _isListed(bytes calldata body, uint256 offset, uint256 word) private pure returns (bool) {
        // Unchecked: at most 255 words, in a body that was checked.
        unchecked {
            uint256 end = offset + 1 + 32 * body.byteAt(offset);
            for (++offset; offset < end; offset += 32) {
                if (body.word(offset) == word) return true;
            }
        }
        return false;
    }

    function _isMember(Trial memory trial, bytes calldata body, uint256 operands, bytes calldata proofs)
        private
        pure
        returns (bool member)
    {
        if (trial.proofsUsed >= proofs.length) {
            revert ISessionKeyErrors.SetProofMissing(trial.callIndex, trial.clauseIndex);
        }
        // Unchecked: an offset within the body.
        unchecked {
            uint256 set = body.word(operands);
            uint256 count = SingleComparison.isSingle(body)
                ? SingleComparison.number(body, operands + Operators.ROOT_LENGTH)
                : uint32(set);
            (member, trial.proofsUsed) =
                MerkleSets.contains(trial.compared, set >> 32, count, proofs, trial.proofsUsed);
        }
    }
}
