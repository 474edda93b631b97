// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Operators} from "./Operators.sol";
import {PathChecks} from "./PathChecks.sol";
import {SingleComparison} from "./SingleComparison.sol";
import {WordTypes} from "./WordTypes.sol";

/// @title Which operators and operands fit what a path finds
library OperandChecks {
    using CalldataWord for bytes;

    /// @notice Whether an operator can be asked of what a path finds.
    /// @param found as {PathChecks-check} tells.
    function fits(uint256 operator, uint256 found) internal pure returns (bool) {
        bool ofBytes = operator == Operators.PREFIX || operator == Operators.HASH;
        if (ofBytes || found == PathChecks.BYTE_STRING) return ofBytes && found == PathChecks.BYTE_STRING;
        if (found == PathChecks.UNTYPED) return true;
        uint256 family = WordTypes.family(found);
        if (operator == Operators.SIGNED_AT_MOST || operator == Operators.SIGNED_AT_LEAST) {
            return family == WordTypes.SIGNED;
        }
        bool ordered = operator == Operators.AT_MOST || operator == Operators.AT_LEAST
            || operator > Operators.EQUAL_PATH;
        return !ordered || family == WordTypes.UNSIGNED;
    }

    /// @notice Checks operands that lie within the body, or reverts.
    // One branch for each kind of operator.
    // solhint-disable-next-line code-complexity
    function check(bytes calldata body, uint256 operator, uint256 offset, uint256 found, uint256 index)
        internal
        pure
    {
        // Unchecked: offsets within a body, which lies within calldata.
        unchecked {
            if (operator == Operators.IN_LIST) {
                _checkList(body, offset, found, index);
            } else if (operator == Operators.IN_SET) {
                if (uint32(body.word(offset)) == 0) {
                    revert ISessionKeyErrors.PermissionBodyMalformed(index, offset + Operators.ROOT_LENGTH);
                }
            } else if (operator == Operators.MASKED_EQUAL) {
                uint256 mask = body.word(offset);
                if (mask == 0) revert ISessionKeyErrors.PermissionBodyMalformed(index, offset);
                uint256 word = body.word(offset + 32);
                bool signed = WordTypes.family(found) == WordTypes.SIGNED;
                if (word & ~mask != 0 || !(signed || _isClean(word, found))) {
                    revert ISessionKeyErrors.ConditionImpossible(index, offset + 32);
                }
            } else if (operator == Operators.PREFIX) {
                if (body.byteAt(offset) == 0) revert ISessionKeyErrors.PermissionBodyMalformed(index, offset);
            } else if (operator > Operators.HASH) {
                _checkOther(body, operator, offset, index);
            } else if (operator == Operators.EQUAL_SELF) {
                if (!_canBeAddress(found)) revert ISessionKeyErrors.ConditionImpossible(index, offset);
            } else if (operator == Operators.EQUAL || operator == Operators.AT_LEAST) {
                if (!_isClean(body.word(offset), found)) revert ISessionKeyErrors.ConditionImpossible(index, offset);
            } else if (operator == Operators.SIGNED_AT_MOST || operator == Operators.SIGNED_AT_LEAST) {
                // A bound beyond its type, on the side that no value of the type reaches.
                bool beyond = int256(body.word(offset)) < 0 == (operator == Operators.SIGNED_AT_MOST);
                if (beyond && !_isClean(body.word(offset), found)) {
                    revert ISessionKeyErrors.ConditionImpossible(index, offset);
                }
            }
        }
    }

    /// @notice Checks the operand of a body that is a single comparison, or reverts.
    /// @param offset of the operand, at most the body's end.
    function checkSingle(bytes calldata body, uint256 operator, uint256 offset, uint256 found, uint256 index)
        internal
        pure
    {
        // Unchecked: a length within calldata, and an offset of at most that.
        unchecked {
            uint256 number = operator == Operators.IN_SET ? offset + Operators.ROOT_LENGTH : offset;
            // Wraps to a length that is too large, where a root is cut off.
            uint256 length = body.length - number;
            uint256 longest = operator == Operators.IN_SET ? 4 : operator == Operators.EQUAL_SELF ? 0 : 32;
            bool padded = length != 0 && body.byteAt(number) == 0;
            bool empty = length == 0 && operator == Operators.IN_SET;
            if (padded || empty || length > longest) revert ISessionKeyErrors.PermissionBodyMalformed(index, number);
            bool possible = true;
            if (operator == Operators.EQUAL_SELF) possible = _canBeAddress(found);
            else if (operator == Operators.EQUAL || operator == Operators.AT_LEAST) {
                possible = _isClean(SingleComparison.number(body, number), found);
            }
            if (!possible) revert ISessionKeyErrors.ConditionImpossible(index, offset);
        }
    }

    /// @dev A list that is not empty, strictly ascending, and of nothing that its type does not have.
    function _checkList(bytes calldata body, uint256 offset, uint256 found, uint256 index) private pure {
        // Unchecked: at most 255 words within the body.
        unchecked {
            uint256 left = body.byteAt(offset);
            if (left == 0) revert ISessionKeyErrors.PermissionBodyMalformed(index, offset);
            uint256 before;
            uint256 cursor = offset + 1;
            for (uint256 i; i < left; ++i) {
                uint256 word = body.word(cursor);
                if (i != 0 && word <= before) revert ISessionKeyErrors.PermissionBodyMalformed(index, cursor);
                if (!_isClean(word, found)) revert ISessionKeyErrors.ConditionImpossible(index, cursor);
                before = word;
                cursor += 32;
            }
        }
    }

    /// @dev The other path of a relation: one value, of a kind that the operator fits.
    function _checkOther(bytes calldata body, uint256 operator, uint256 offset, uint256 index) private pure {
        // Unchecked: a byte's length within the body.
        unchecked {
            uint256 start = offset + 1;
            (uint256 found, bool quantified) = PathChecks.check(body, start, start + body.byteAt(offset), index);
            if (quantified || !fits(operator, found)) revert ISessionKeyErrors.OperatorUnfit(index, start);
        }
    }

    /// @dev Whether a value of this kind can be the operand.
    function _isClean(uint256 word, uint256 found) private pure returns (bool) {
        return found == PathChecks.UNTYPED || found == PathChecks.BYTE_STRING || WordTypes.isClean(word, found);
    }

    /// @dev Whether a value of this kind can be an address, as it stands right-aligned in a word.
    function _canBeAddress(uint256 found) private pure returns (bool) {
        if (found == PathChecks.UNTYPED || WordTypes.size(found) == 32) return true;
        return WordTypes.family(found) != WordTypes.BYTES && WordTypes.size(found) >= 20;
    }
}
