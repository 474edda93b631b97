// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {Ceilings} from "./Ceilings.sol";
import {Charges} from "./Charges.sol";
import {Checking} from "./Checking.sol";
import {Evaluation} from "./Evaluation.sol";
import {Framing} from "./Framing.sol";
import {EXTRA_CEILINGS, EXTRA_CHECKER, EXTRA_FRAME, Operation} from "./Operation.sol";

/// @title All rules of an operation
/// @notice Account ceilings, checkers, meters that count calls, and every measured frame.
abstract contract FullRules is Evaluation, Ceilings, Framing {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev They are asked about once the calls are known.
    function _meetCeilings(Operation memory operation) internal pure override {
        operation.extras |= EXTRA_CEILINGS;
    }

    /// @dev Frame rules are not asked about before the frame is staged.
    function _applyRareSections(Operation memory operation, bytes calldata header, uint256 sections)
        internal
        pure
        override
    {
        if (sections & PolicyHeader.SECTION_CHECKER != 0) operation.extras |= EXTRA_CHECKER;
        if (sections & PolicyHeader.SECTION_CALL_METERS != 0) Charges.countCalls(operation, header);
    }

    /// @dev The policy's checker, the account's ceilings, and the draft of a frame.
    function _inspectCalls(
        Operation memory operation,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata header
    ) internal view override {
        bool capped = operation.extras & EXTRA_CEILINGS != 0;
        bool checked = operation.extras & EXTRA_CHECKER != 0;
        bool framed = operation.extras & EXTRA_FRAME != 0;
        if (framed) _draftFrame(operation, executions, count, next, header);
        if (!capped && !checked) return;
        if (capped) _openCeilings(operation, count);
        // Unchecked: counts calls.
        unchecked {
            for (uint256 i; i < count; ++i) {
                address target;
                uint256 value;
                bytes calldata data;
                (target, value, data, next) = ExecutionDecoder.read(executions, i, count, next);
                // The ends of the frame, which no permission allows.
                if (framed && target == address(this)) continue;
                if (checked) Checking.ask(operation, header.checker(), i, target, value, data);
                if (capped && _ceilingLimit(operation, target).isSet()) {
                    bytes4 selector = _selectorOf(data, i);
                    if (!TokenSelectors.lookup(selector).isChargeable()) revert CeilingAmountUnknown(i, target, selector);
                    _chargeCeiling(operation, target, _amountOf(i, selector, data));
                }
            }
        }
    }
}
