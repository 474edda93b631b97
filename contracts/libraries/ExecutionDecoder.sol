// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "./CalldataWord.sol";

/// @title The one canonical encoding of ERC-7579 executions
/// @notice Refuses whatever two decoders could read in two ways: other offsets than the standard encoder's, dirty upper
/// bits, padding that is not zero, anything behind the end.
library ExecutionDecoder {
    using CalldataWord for bytes;

    /// @dev `execute(bytes32 mode, bytes executionCalldata)`.
    uint256 internal constant EXECUTE = 0xe9ae5c53;
    /// @dev Call type byte 0 (single) or 1 (batch), then exec type byte 0 (default) or 1 (try), then zeros.
    uint256 private constant MODE_MASK = 0x0101 << 240;
    uint256 private constant BATCH_BIT = 1 << 248;

    /// @dev selector 4 · mode 32 · offset 32 · length 32.
    uint256 private constant EXECUTE_HEAD = 100;
    /// @dev target 20 · value 32, of a single call.
    uint256 private constant SINGLE_HEAD = 52;
    /// @dev target 32 · value 32 · offset 32 · length 32, of a call in a batch.
    uint256 private constant TUPLE_HEAD = 128;

    /// @notice Opens the account's call data, `execute(mode, executionCalldata)`.
    /// @param callData what the EntryPoint will call the account with.
    /// @return executions the packed call, or the encoded array of calls.
    /// @return count calls in the operation, at least 1.
    /// @return start where {read} finds the first call: 0 for a single one, otherwise the offset of its tuple.
    function open(bytes calldata callData)
        internal
        pure
        returns (bytes calldata executions, uint256 count, uint256 start)
    {
        uint256 mode = callData.word(4);
        uint256 length = callData.word(68);
        // Unchecked: `length` is below 2^32 before it is added to anything that counts.
        unchecked {
            // One branch for what is nearly always right; call data shorter than its head fails the last comparison.
            uint256 wrong = ((callData.word(0) >> 224) ^ EXECUTE) | (mode & ~MODE_MASK) | (callData.word(36) ^ 64)
                | (length >> 32) | (callData.length ^ (EXECUTE_HEAD + _padded(length)));
            if (wrong != 0) _refuse(callData);
            _requireZeroPadding(callData, EXECUTE_HEAD + length, length, 0);
        }
        executions = callData.slice(EXECUTE_HEAD, length);
        if (mode & BATCH_BIT != 0) return _openBatch(executions);
        if (length < SINGLE_HEAD) revert ISessionKeyErrors.CallDataMalformed(68);
        count = 1;
    }

    /// @notice Reads one call; to be called `count` times, with `index` 0, 1, ….
    /// @param start as {open} returned it for the first call, and this function as `next` for every other.
    function read(bytes calldata executions, uint256 count, uint256 start, uint256 index)
        internal
        pure
        returns (address target, uint256 value, bytes calldata data, uint256 next)
    {
        if (start != 0) return _readTuple(executions, count, start, index);
        target = address(uint160(executions.word(0) >> 96));
        value = executions.word(20);
        // Unchecked: {open} has seen that the head is there.
        unchecked {
            data = executions.slice(SINGLE_HEAD, executions.length - SINGLE_HEAD);
        }
    }

    function _openBatch(bytes calldata executions)
        private
        pure
        returns (bytes calldata, uint256 count, uint256 start)
    {
        if (executions.length < 64 || executions.word(0) != 32) {
            revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD);
        }
        count = executions.word(32);
        if (count == 0) revert ISessionKeyErrors.BatchEmpty();
        // Unchecked: `count` is at most a length below 2^32.
        unchecked {
            // Every call takes at least an offset word and a tuple head: a larger count cannot be true.
            if (count > executions.length / (32 + TUPLE_HEAD)) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + 32);
            }
            start = 64 + 32 * count;
        }
        return (executions, count, start);
    }

    function _readTuple(bytes calldata executions, uint256 count, uint256 start, uint256 index)
        private
        pure
        returns (address target, uint256 value, bytes calldata data, uint256 next)
    {
        // Unchecked: every offset stays at or below `executions.length`, which is below 2^32, plus one tuple head.
        unchecked {
            // The array's offsets count from behind its length, which is 64 bytes into the executions.
            uint256 headOffset = 64 + 32 * index;
            if (executions.word(headOffset) != start - 64 || start + TUPLE_HEAD > executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + headOffset);
            }
            uint256 targetWord = executions.word(start);
            if ((targetWord >> 160) | (executions.word(start + 64) ^ 96) != 0) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + start);
            }
            target = address(uint160(targetWord));
            value = executions.word(start + 32);
            uint256 length = executions.word(start + 96);
            uint256 dataStart = start + TUPLE_HEAD;
            next = dataStart + _padded(length);
            if (length > executions.length || next > executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + start + 96);
            }
            _requireZeroPadding(executions, dataStart + length, length, EXECUTE_HEAD);
            data = executions.slice(dataStart, length);
            if (index + 1 == count && next != executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + next);
            }
        }
    }

    /// @dev Says what is wrong with call data that {open} does not take.
    function _refuse(bytes calldata callData) private pure {
        uint256 selector = callData.length < 4 ? 0 : callData.word(0) >> 224;
        if (selector != EXECUTE) revert ISessionKeyErrors.AccountFunctionForbidden(bytes4(uint32(selector)));
        if (callData.length < EXECUTE_HEAD) revert ISessionKeyErrors.CallDataMalformed(callData.length);
        uint256 mode = callData.word(4);
        if (mode & ~MODE_MASK != 0) revert ISessionKeyErrors.ModeForbidden(bytes32(mode));
        if (callData.word(36) != 64) revert ISessionKeyErrors.CallDataMalformed(36);
        revert ISessionKeyErrors.CallDataMalformed(68);
    }

    function _padded(uint256 length) private pure returns (uint256) {
        // Unchecked: a length too large to be rounded up is never a calldata length, which every caller tests.
        unchecked {
            return (length + 31) & ~uint256(31);
        }
    }

    /// @dev `data` holds the padding of a byte string of `length` that ends at `end`. Reported offsets count from
    /// `base`.
    function _requireZeroPadding(bytes calldata data, uint256 end, uint256 length, uint256 base) private pure {
        // Unchecked: at most 31 · 8.
        unchecked {
            uint256 used = length & 31;
            // The word at `end` starts with the padding: 32 − used bytes of it, if any.
            if (used != 0 && data.word(end) >> (8 * used) != 0) {
                revert ISessionKeyErrors.CallDataMalformed(base + end);
            }
        }
    }
}
