// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Contradictions} from "./Contradictions.sol";
import {OperandChecks} from "./OperandChecks.sol";
import {Operators} from "./Operators.sol";
import {PathChecks} from "./PathChecks.sol";
import {PathSteps} from "./PathSteps.sol";
import {SingleComparison} from "./SingleComparison.sol";
import {WordTypes} from "./WordTypes.sol";

/// @title Which conditions may be granted
/// @notice Refuses what is not in its one encoding, operators that do not fit what their path finds, and what can never
/// hold.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`.
library ConditionChecks {
    using CalldataWord for bytes;

    /// @notice See {IConditionEngine-check}.
    function check(bytes calldata body, uint256 offset, uint256 index, uint256 wanted)
        internal
        pure
        returns (uint256 end, bool pinned, bool sets)
    {
        if (SingleComparison.isSingle(body)) return _checkSingle(body, index, wanted);
        uint256 clauses = _count(body, offset, index);
        end = offset + 1;
        // Unchecked: offsets within a body, which lies within calldata.
        unchecked {
            for (uint256 clause; clause < clauses; ++clause) {
                uint256 start = end;
                uint256 left = _count(body, end, index);
                bool single = left == 1;
                for (++end; left != 0; --left) {
                    uint256 comparison = end;
                    end = _comparison(body, comparison, index);
                    if (body.byteAt(comparison) == Operators.IN_SET) sets = true;
                    if (single && _pins(body, body.byteAt(comparison), comparison + 2, wanted)) pinned = true;
                }
                if (single) Contradictions.check(body, offset + 1, clause, start, index);
            }
            // What is nothing but one comparison stands in the form for that, where it has one.
            if (
                clauses == 1 && body.byteAt(offset + 1) == 1 && offset == 1 && end == body.length
                    && SingleComparison.takes(body.byteAt(offset + 2))
            ) revert ISessionKeyErrors.PermissionBodyMalformed(index, 0);
        }
    }

    /// @dev A body that is one comparison, in the one way to write it.
    function _checkSingle(bytes calldata body, uint256 index, uint256 wanted)
        private
        pure
        returns (uint256 end, bool pinned, bool sets)
    {
        end = body.length;
        uint256 path = SingleComparison.PATH;
        uint256 operator = body.byteAt(path - 1);
        uint256 operands = SingleComparison.pathEnd(body);
        if (end < path || !SingleComparison.takes(operator)) revert ISessionKeyErrors.PermissionBodyMalformed(index, 1);
        (uint256 found,) = PathChecks.check(body, path, operands, index);
        if (!OperandChecks.fits(operator, found)) revert ISessionKeyErrors.OperatorUnfit(index, 1);
        OperandChecks.checkSingle(body, operator, operands, found, index);
        return (end, _pins(body, operator, path, wanted), operator == Operators.IN_SET);
    }

    /// @notice See {IConditionEngine-checkPath}.
    function checkAmountPath(bytes calldata body, uint256 start, uint256 end, uint256 index) internal pure {
        if (end > body.length || start > end) revert ISessionKeyErrors.PermissionBodyMalformed(index, start);
        (uint256 found, bool quantified) = PathChecks.check(body, start, end, index);
        if (quantified || WordTypes.family(found) != WordTypes.UNSIGNED) {
            revert ISessionKeyErrors.PermissionBodyMalformed(index, start);
        }
    }

    /// @dev A count, which is not 0.
    function _count(bytes calldata body, uint256 offset, uint256 index) private pure returns (uint256 count) {
        if (offset < body.length) count = body.byteAt(offset);
        if (count == 0) revert ISessionKeyErrors.PermissionBodyMalformed(index, offset);
    }

    /// @dev Checks the comparison at `start`, and returns the first offset behind it.
    function _comparison(bytes calldata body, uint256 start, uint256 index) private pure returns (uint256 end) {
        // Unchecked: as above.
        unchecked {
            uint256 operator = body.byteAt(start);
            uint256 operands = start + 2 + body.byteAt(start + 1);
            if (
                start + 2 > body.length || operands > body.length || operator == 0 || operator > Operators.AT_LEAST_PATH
            ) revert ISessionKeyErrors.PermissionBodyMalformed(index, start);
            (uint256 found,) = PathChecks.check(body, start + 2, operands, index);
            end = operands + Operators.operandLength(operator, body, operands);
            // The length itself may have been read behind the body's end: then `end` lies there too.
            if (end > body.length) revert ISessionKeyErrors.PermissionBodyMalformed(index, operands);
            if (!OperandChecks.fits(operator, found)) revert ISessionKeyErrors.OperatorUnfit(index, start);
            OperandChecks.check(body, operator, operands, found, index);
        }
    }

    /// @dev Whether the comparison leaves word `wanted` of the arguments one value only.
    function _pins(bytes calldata body, uint256 operator, uint256 path, uint256 wanted) private pure returns (bool) {
        uint256 step = body.byteAt(path);
        return operator <= Operators.EQUAL_SELF && (step == PathSteps.WORD || step == PathSteps.TYPED_WORD)
            && body.byteAt(path + 1) == wanted;
    }
}
