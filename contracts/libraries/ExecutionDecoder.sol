// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {CalldataWord} from "./CalldataWord.sol";

/// @title The one canonical encoding of ERC-7579 executions
/// @notice Refuses whatever two decoders could read in two ways: other offsets than the standard encoder's, dirty upper
/// bits, padding that is not zero, anything behind the end.
library ExecutionDecoder {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev `execute(bytes32 mode, bytes executionCalldata)`.
    bytes4 internal constant EXECUTE = 0xe9ae5c53;
    /// @dev `executeUserOp(PackedUserOperation userOp, bytes32 userOpHash)`; the EntryPoint reads its selector only.
    bytes4 private constant EXECUTE_USER_OP = 0x8dd7712f;
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
    /// @dev Offsets in errors count from the first byte of `execute`, also behind `executeUserOp`.
    /// @param callData what the EntryPoint will call the account with.
    /// @param header says whether the account forces `executeUserOp` around it.
    /// @return executions the packed call, or the encoded array of calls.
    /// @return count calls in the operation, at least 1.
    /// @return next where the walk over a batch starts; 0 for a single call.
    function open(bytes calldata callData, bytes calldata header)
        internal
        pure
        returns (bytes calldata executions, uint256 count, uint256 next)
    {
        // Unchecked: `room` is what follows the head, and `padding` is tested before it is used.
        unchecked {
            if (callData.length < EXECUTE_HEAD) _revertHead(callData);
            if (callData.word(0) >> 224 != uint32(EXECUTE)) callData = _unwrap(callData, header);
            uint256 mode = callData.word(4);
            if (mode & ~MODE_MASK != 0) revert ISessionKeyErrors.ModeForbidden(bytes32(mode));
            if (callData.word(36) != 64) revert ISessionKeyErrors.CallDataMalformed(36);
            uint256 room = callData.length - EXECUTE_HEAD;
            uint256 padding = room - callData.word(68);
            // A length larger than the room makes `padding` wrap to a number far above 31.
            if (padding | ((room & 31) << 5) > 31) revert ISessionKeyErrors.CallDataMalformed(68);
            executions = callData.slice(EXECUTE_HEAD, room - padding);
            _requireZeroPadding(callData, callData.length, padding, 0);
            if (mode & BATCH_BIT == 0) {
                count = 1;
            } else {
                count = _countBatch(executions);
                next = 32 * count;
            }
        }
    }

    /// @dev What stands behind the selector of `executeUserOp`, where the header lets it stand there.
    function _unwrap(bytes calldata callData, bytes calldata header) private pure returns (bytes calldata inner) {
        bool isForced = header.sections() & PolicyHeader.SECTION_EXECUTE_USER_OP != 0;
        // Both selectors at once: what is wrapped is `execute` and not `executeUserOp` again.
        bool isWrapped = callData.word(0) >> 192 == (uint256(uint32(EXECUTE_USER_OP)) << 32) | uint32(EXECUTE);
        if (!isForced || !isWrapped || callData.length < EXECUTE_HEAD + 4) _revertHead(callData);
        // Unchecked: by the length just tested.
        unchecked {
            inner = callData.slice(4, callData.length - 4);
        }
    }

    /// @dev Why call data does not begin as `execute` does.
    function _revertHead(bytes calldata callData) private pure {
        bytes4 selector = callData.length < 4 ? bytes4(0) : bytes4(bytes32(callData.word(0)));
        if (selector != EXECUTE) revert ISessionKeyErrors.AccountFunctionForbidden(selector);
        revert ISessionKeyErrors.CallDataMalformed(callData.length);
    }

    /// @notice Opens executions that stand alone, beside a mode that must be single or batch and never try.
    /// @dev Offsets in errors count as if the executions stood in `execute`'s call data.
    /// @return count calls, at least 1.
    /// @return next where the walk over a batch starts; 0 for a single call.
    function openDefault(bytes32 mode, bytes calldata executions) internal pure returns (uint256 count, uint256 next) {
        if (uint256(mode) & ~BATCH_BIT != 0) revert ISessionKeyErrors.ModeForbidden(mode);
        count = 1;
        if (mode != 0) {
            count = _countBatch(executions);
            // Unchecked: a count of calls in calldata.
            unchecked {
                next = 32 * count;
            }
        }
    }

    /// @notice Reads the next call; to be called `count` times, with `index` 0, 1, …, and `next` as it came back.
    /// @param next of a batch: offset of the call's tuple behind the array's length word.
    function read(bytes calldata executions, uint256 index, uint256 count, uint256 next)
        internal
        pure
        returns (address target, uint256 value, bytes calldata data, uint256)
    {
        if (next != 0) return _readTuple(executions, index, count, next);
        if (executions.length < SINGLE_HEAD) revert ISessionKeyErrors.CallDataMalformed(68);
        // Unchecked: by the test.
        unchecked {
            return (
                address(uint160(executions.word(0) >> 96)),
                executions.word(20),
                executions.slice(SINGLE_HEAD, executions.length - SINGLE_HEAD),
                0
            );
        }
    }

    function _countBatch(bytes calldata executions) private pure returns (uint256 count) {
        if (executions.length < 64 || executions.word(0) != 32) {
            revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD);
        }
        count = executions.word(32);
        if (count == 0) revert ISessionKeyErrors.BatchEmpty();
        // Every call takes at least an offset word and a tuple head: a larger count cannot be true.
        if (count > executions.length / (32 + TUPLE_HEAD)) {
            revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + 32);
        }
    }

    function _readTuple(bytes calldata executions, uint256 index, uint256 count, uint256 next)
        private
        pure
        returns (address target, uint256 value, bytes calldata data, uint256)
    {
        // Unchecked: every offset stays at or below `executions.length`, which is below 2^32, plus one tuple head.
        unchecked {
            uint256 start = 64 + next;
            uint256 headOffset = 64 + 32 * index;
            if (executions.word(headOffset) != next || start + TUPLE_HEAD > executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + headOffset);
            }
            uint256 targetWord = executions.word(start);
            if (targetWord >> 160 != 0 || executions.word(start + 64) != 96) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + start);
            }
            target = address(uint160(targetWord));
            value = executions.word(start + 32);
            uint256 length = executions.word(start + 96);
            uint256 dataStart = start + TUPLE_HEAD;
            if (length > executions.length || dataStart + _padded(length) > executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + start + 96);
            }
            data = executions.slice(dataStart, length);
            uint256 end = dataStart + _padded(length);
            _requireZeroPadding(executions, end, end - dataStart - length, EXECUTE_HEAD);
                        if (index + 1 == count && end != executions.length) {
                revert ISessionKeyErrors.CallDataMalformed(EXECUTE_HEAD + end);
            }
            return (target, value, data, end - 64);
        }
    }

    function _padded(uint256 length) private pure returns (uint256) {
        // Unchecked: every caller has bounded `length` by a calldata length.
        unchecked {
            return (length + 31) & ~uint256(31);
        }
    }

    /// @dev The `padding` bytes before `end` are zero; at least 32 bytes of `data` lie before it. Reported offsets count
    /// from `base`.
    function _requireZeroPadding(bytes calldata data, uint256 end, uint256 padding, uint256 base) private pure {
        // Unchecked: `padding` is at most 31.
        unchecked {
            if (data.word(end - 32) & ((1 << (8 * padding)) - 1) != 0) {
                revert ISessionKeyErrors.CallDataMalformed(base + end - padding);
            }
        }
    }
}
