// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {ConditionCall, IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ShortConditions} from "./ShortConditions.sol";
import {SingleComparison} from "./SingleComparison.sol";

/// @title Argument conditions, the part of them that stands in the module
/// @notice A conjunction of clauses, each a disjunction of comparisons. {ShortConditions} says which
/// clauses hold; as soon as one does not, or asks for more, that clause and all behind it go to {IConditionEngine}. So
/// nothing is ever refused but by the engine's word, and the module carries neither rare steps nor their errors.
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
        uint256 left = 1;
        uint256 used;
        uint256 clauseIndex;
        end = offset;
        // Of a single comparison that is held here, none is left; what is left over of them goes to the engine.
        if (!SingleComparison.isSingle(body)) {
            (left, end, used) = ShortConditions.hold(body, offset, proofs, data, account);
            clauseIndex = body.byteAt(offset) - left;
        }
        if (left != 0) {
            // All gas there is, without the GAS instruction: the optimizer moves it away from the call, and a bundler takes
            // it only right in front of one (ERC-7562, OP-012).
            (end, used) = engine.enforce{gas: type(uint256).max}(
                body, data, proofs, ConditionCall(callIndex, value, account, end, clauseIndex, left, used)
            );
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
        word = engine.read{gas: type(uint256).max}(body, start, end, data, callIndex, value);
    }
}
