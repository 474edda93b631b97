// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Conditions} from "../conditions/Conditions.sol";
import {MerkleSets} from "../conditions/MerkleSets.sol";
import {IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Charges} from "../module/Charges.sol";
import {Operation} from "../module/Operation.sol";

/// @title The body of a permission: value per call, argument conditions, charges to numbered meters
/// @dev Format: docs/WIRE-FORMAT.md, `body`. An empty body allows no value and asks nothing of the arguments.
library PermissionBody {
    using CalldataWord for bytes;

    uint256 private constant SECTION_MAX_VALUE = 1;
    uint256 private constant SECTION_CONDITIONS = 2;
    uint256 private constant SECTION_CHARGES = 4;
    uint256 private constant SECTION_SETS = 8;
    uint256 private constant SECTIONS = 15;
    /// @dev sections 1 · maxValue 16.
    uint256 private constant CAP_LENGTH = 17;
    /// @dev With no section but SETS: the body is a single comparison.
    uint256 private constant SINGLE = 16;
    /// @dev SINGLE · any operator · WORD.
    uint256 private constant PLAIN = 0x100001;

    /// @notice Whether all that a body asks of a call is one comparison of a word of the arguments' head, without a
    /// set: then
    /// {SingleConditions-holdsWord} is worth asking first.
    function isPlain(bytes calldata body, uint256 value) internal pure returns (bool) {
        return ((body.word(0) >> 232) & 0xff00ff) ^ PLAIN | value == 0;
    }

    /// @notice Whether a body says nothing but how much value a call may bring, which most bodies of value do, and `value`
    /// is no more.
    function isWithinCap(bytes calldata body, uint256 value) internal pure returns (bool) {
        uint256 word = body.word(0);
        return (word >> 248 ^ SECTION_MAX_VALUE) | (body.length ^ CAP_LENGTH) == 0 && value <= (word << 8) >> 128;
    }

    /// @notice Holds one call against a body that was checked when it was granted, or reverts, and adds what it charges to
    /// numbered meters.
    /// @param evidence that carries the body, and behind its leaf the set proofs.
    /// @param cursor end of the leaf, or of the byte that repeats it, in `evidence`.
    /// @return end where the next leaf begins: behind the set proofs, if there are any.
    function enforce(
        IConditionEngine engine,
        Operation memory operation,
        bytes calldata body,
        uint256 callIndex,
        uint256 value,
        bytes calldata callData,
        bytes calldata evidence,
        uint256 cursor
    ) internal pure returns (uint256 end) {
        // An early return keeps this out of its caller's frame, whose variables would no longer fit the stack.
        if (body.length == 0) {
            if (value != 0) revert ISessionKeyErrors.CallValueExceeded(callIndex, 0, value);
            return cursor;
        }
        uint256 sections = body.byteAt(0);
        uint256 maxValue = body.word(1) >> 128;
        uint256 offset = 17;
        if (sections & SECTION_MAX_VALUE == 0) (maxValue, offset) = (0, 1);
        if (value > maxValue) revert ISessionKeyErrors.CallValueExceeded(callIndex, maxValue, value);
        end = cursor;
        if (sections & (SECTION_CONDITIONS | SINGLE) != 0) {
            bytes calldata proofs = body.slice(0, 0);
            if (sections & SECTION_SETS != 0) (proofs, end) = MerkleSets.open(body, evidence, cursor);
            offset = Conditions.enforce(engine, body, offset, proofs, callIndex, value, callData, operation.account);
        }
        if (sections & SECTION_CHARGES != 0) {
            Charges.apply_(engine, operation, body, offset, callIndex, value, callData);
        }
    }

    /// @notice Checks the form of a body, for a grant.
    /// @param spenderWord an argument word index to look for.
    /// @return pinsSpender whether a condition pins that word.
    function check(
        IConditionEngine engine,
        bytes calldata body,
        uint256 permissionIndex,
        uint256 spenderWord,
        bytes calldata header
    )
        internal
        pure
        returns (bool pinsSpender)
    {
        if (body.length == 0) return false;
        uint256 sections = body.byteAt(0);
        bool single = sections & ~SECTION_SETS == SINGLE;
        if (sections == 0 || (sections & ~SECTIONS != 0 && !single)) {
            revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, 0);
        }
        uint256 offset = 1;
        if (sections & SECTION_MAX_VALUE != 0) {
            offset = 17;
            if (body.length < offset || body.word(1) >> 128 == 0) {
                revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, 1);
            }
        }
        bool sets;
        if (single || sections & SECTION_CONDITIONS != 0) {
            (offset, pinsSpender, sets) = engine.check(body, offset, permissionIndex, spenderWord);
        }
        if (sections & SECTION_CHARGES != 0) offset = Charges.check(engine, body, offset, permissionIndex, header);
        if (offset != body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
        // The bit says that a leaf carries set proofs, which it does if and only if a condition asks for them.
        if (sets != (sections & SECTION_SETS != 0)) {
            revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, 0);
        }
    }
}
