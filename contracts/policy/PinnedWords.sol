// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title Argument conditions: pinned words
/// @notice The conjunction of clauses in a permission's body. A clause is a disjunction of comparisons; the one kind of
/// clause known here has exactly one comparison, of one 32-byte argument word with an operand or with the account.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`.
library PinnedWords {
    using CalldataWord for bytes;

    uint256 internal constant OPERATOR_EQUAL = 1;
    uint256 internal constant OPERATOR_EQUAL_SELF = 2;
    uint256 private constant PATH_STATIC_WORD = 1;
    uint256 private constant PATH_LENGTH = 2;
    /// @dev comparisonCount · operator · pathLength · 0x01 · wordIndex, before the operand.
    uint256 private constant CLAUSE_HEAD = 5;

    /// @notice Holds every clause of `body` from `offset` against one call's data, or reverts.
    /// @param body of a permission that was checked when it was granted.
    /// @return first offset behind the conditions.
    function enforce(bytes calldata body, uint256 offset, uint256 callIndex, bytes calldata callData, address account)
        internal
        pure
        returns (uint256)
    {
        uint256 clauses = body.byteAt(offset);
        // Unchecked: at most 255 clauses of 37 bytes, over a body whose form the grant has checked.
        unchecked {
            ++offset;
            for (; clauses > 0; --clauses) {
                (uint256 wordIndex, bytes32 expected, uint256 next) = _read(body, offset, account);
                uint256 position = 4 + 32 * wordIndex;
                if (callData.length < position + 32) {
                    revert ISessionKeyErrors.ArgumentMissing(callIndex, wordIndex, callData.length);
                }
                bytes32 actual = bytes32(callData.word(position));
                if (actual != expected) {
                    revert ISessionKeyErrors.PinnedWordMismatch(callIndex, wordIndex, expected, actual);
                }
                offset = next;
            }
        }
        return offset;
    }

    /// @notice Checks the form of all clauses of `body` from `offset`, for a grant.
    /// @param wanted an argument word index to look for.
    /// @return end first offset behind the conditions, or 0 if they are malformed at `end_`.
    /// @return pinned whether some clause pins the wanted word.
    function check(bytes calldata body, uint256 offset, uint256 permissionIndex, uint256 wanted)
        internal
        pure
        returns (uint256 end, bool pinned)
    {
        if (offset >= body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
        uint256 clauses = body.byteAt(offset);
        if (clauses == 0) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
        end = offset + 1;
        for (; clauses > 0; --clauses) {
            uint256 operator = body.byteAt(end + 1);
            uint256 length = CLAUSE_HEAD + (operator == OPERATOR_EQUAL ? 32 : 0);
            if (
                end + length > body.length || body.byteAt(end) != 1
                    || (operator != OPERATOR_EQUAL && operator != OPERATOR_EQUAL_SELF)
                    || body.byteAt(end + 2) != PATH_LENGTH || body.byteAt(end + 3) != PATH_STATIC_WORD
            ) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, end);
            if (body.byteAt(end + 4) == wanted) pinned = true;
            end += length;
        }
    }

    function _read(bytes calldata body, uint256 offset, address account)
        private
        pure
        returns (uint256 wordIndex, bytes32 expected, uint256 next)
    {
        // Unchecked: offsets within a body of at most 65,535 bytes.
        unchecked {
            wordIndex = body.byteAt(offset + 4);
            if (body.byteAt(offset + 1) == OPERATOR_EQUAL) {
                return (wordIndex, bytes32(body.word(offset + CLAUSE_HEAD)), offset + CLAUSE_HEAD + 32);
            }
            return (wordIndex, bytes32(uint256(uint160(account))), offset + CLAUSE_HEAD);
        }
    }
}
