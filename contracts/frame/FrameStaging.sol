// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {KeyStore} from "../module/KeyStore.sol";
import {EXTRA_CEILINGS, EXTRA_REDEMPTION, OPERATION_LENGTH} from "../module/Operation.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {FrameHeadLib} from "./FrameHead.sol";
import {FrameRecord, FrameRecordLib, REDEMPTION_FRAME} from "./FrameRecord.sol";
import {FrameRules} from "./FrameRules.sol";

/// @title Leaves what validation found for the frame that the operation will open
/// @notice Validation and execution of an operation are one transaction, so that transient storage carries it across: of an
/// operation that was not validated here and now there is no record, and no frame.
abstract contract FrameStaging is KeyStore, ISessionKeyFrames {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev Where in {Operation} its fields are.
    uint256 private constant ACCOUNT = 0;
    uint256 private constant KEY_ID = 32;
    uint256 private constant SETTINGS = 5 * 32;
    uint256 private constant NATIVE = 6 * 32;
    uint256 private constant CALLS = 7 * 32;
    uint256 private constant FIRST_METER = 8 * 32;
    uint256 private constant EXTRAS = 12 * 32;
    /// @dev Where in the words behind it are others.
    uint256 private constant EXECUTIONS_LENGTH = 32;
    uint256 private constant COUNT = 64;
    uint256 private constant NEXT = 96;
    uint256 private constant NATIVE_BY_CALLS = 128;
    uint256 private constant FIRST_BY_CALLS = 160;
    uint256 private constant METERS = 192;
    /// @dev Of `execute`'s arguments: mode 32 · offset 32 · length 32.
    uint256 private constant BEFORE_EXECUTIONS = 96;
    /// @dev The mode of a batch that reverts as one.
    uint256 private constant DEFAULT_BATCH = 1 << 248;

    /// @dev The operation's calls, to be looked at again.
    struct Calls {
        uint256 count;
        uint256 next;
    }

    /// @inheritdoc ISessionKeyFrames
    function stage() external override {
        bytes calldata data = msg.data[4:];
        (bytes calldata words, bytes calldata header, bytes calldata executions) = _parts(data);
        address account = address(uint160(data.word(ACCOUNT)));
        uint256 id = _requireEnds(data, words, executions);
        FrameRecord record = FrameRecordLib.recordOf(account, id);
        if (record.word(0) != 0) revert FrameIdUsed(account, id);
        bytes32 keyId = bytes32(data.word(KEY_ID));
        // Unchecked: lengths and counts of what validation has walked.
        unchecked {
            uint256 meters = header.meterCount();
            record.putKey(keyId, _keys[keyId][account].policyRoot);
            record.putFirstCharges(
                words.word(NATIVE_BY_CALLS), words.word(FIRST_BY_CALLS), data.word(FIRST_METER)
            );
            for (uint256 i = 1; i < meters; ++i) {
                record.putCharges(i, words.word(METERS + 32 * i), words.word(METERS + 32 * (meters + i)));
            }
            uint256 offset = FrameRecordLib.FIXED_WORDS + (meters == 0 ? 1 : meters);
            for (uint256 position; position < header.length; position += 32) {
                record.put(offset++, header.word(position));
            }
            uint256 approvals;
            bool ceilings;
            Calls memory calls = Calls(words.word(COUNT), words.word(NEXT));
            if (header.sections() & PolicyHeader.SECTION_FRAME != 0) {
                approvals = _stageApprovals(record, offset, header, executions, calls);
                offset += 2 * approvals;
            }
            // Bit 0 of the operation's extras.
            if (data.word(EXTRAS) & EXTRA_CEILINGS != 0) {
                ceilings = true;
                offset = _stageCeilings(record, offset, header, executions, calls);
            }
            if (offset > FrameRecordLib.MAX_WORDS) revert FrameTooLarge(offset, FrameRecordLib.MAX_WORDS);
            record.putHead(
                FrameHeadLib.pack(
                    KeySettings.wrap(data.word(SETTINGS)),
                    data.word(NATIVE),
                    header.length,
                    meters,
                    approvals,
                    header.sections() & PolicyHeader.SECTION_FRAME != 0,
                    ceilings
                )
            );
        }
    }

    /// @inheritdoc ISessionKeyFrames
    function checkFrame() external pure override {
        bytes calldata data = msg.data[4:];
        (bytes calldata words,, bytes calldata executions) = _parts(data);
        _requireEnds(data, words, executions);
    }

    /// @dev What {Framing} sends: {Operation} as it lies in memory · header length · executions length · count ·
    /// next · native and
    /// first meter before gas was charged · all meters before, and after · header · the 96 bytes before the
    /// executions · these.
    function _parts(bytes calldata data)
        private
        pure
        returns (bytes calldata words, bytes calldata header, bytes calldata executions)
    {
        // Unchecked: lengths of what validation has walked.
        unchecked {
            words = data.slice(OPERATION_LENGTH, data.length - OPERATION_LENGTH);
            (uint256 headerLength, uint256 length) = (words.word(0), words.word(EXECUTIONS_LENGTH));
            executions = data.slice(data.length - length, length);
            header = data.slice(data.length - length - BEFORE_EXECUTIONS - headerLength, headerLength);
        }
    }

    /// @dev A measured operation is a batch that reverts as one, of `open(id)`, calls that permissions cover, and `close()`:
    /// else it would keep what its calls took where the frame's end fails. A redemption's frame has no calls of its own.
    /// @return id of the frame.
    function _requireEnds(bytes calldata data, bytes calldata words, bytes calldata executions)
        private
        pure
        returns (uint256 id)
    {
        if (data.word(EXTRAS) & EXTRA_REDEMPTION != 0) return REDEMPTION_FRAME;
        // Unchecked: offsets within a batch that validation has walked, and found in its one encoding; `next` is
        // where it starts.
        unchecked {
            uint256 count = words.word(COUNT);
            // The module is no target but of the first and the last call: those in front of the last are covered.
            bool framed = count > 2 && data.word(CALLS) == count - 2;
            framed = framed && data.word(data.length - executions.length - BEFORE_EXECUTIONS) == DEFAULT_BATCH;
            if (framed) {
                uint256 first = 64 + words.word(NEXT);
                uint256 last = 64 + executions.word(32 + 32 * count);
                id = executions.word(first + 132);
                framed = _isEnd(executions, first, executions.word(first), ISessionKeyFrame.open.selector, 36)
                    && _isEnd(executions, last, executions.word(first), ISessionKeyFrame.close.selector, 4);
            }
            if (!framed) revert FrameMissing(bytes32(data.word(KEY_ID)));
        }
    }

    /// @dev Whether the tuple at `offset` calls `target` without value, with `selector` in `length` bytes.
    function _isEnd(bytes calldata executions, uint256 offset, uint256 target, bytes4 selector, uint256 length)
        private
        pure
        returns (bool)
    {
        // Unchecked: as above.
        unchecked {
            return executions.word(offset) == target && executions.word(offset + 32) == 0
                && executions.word(offset + 96) == length && executions.word(offset + 128) >> 224 == uint32(selector);
        }
    }

    /// @dev One for each call, in order, that approves on an ephemeral token: how it is read back, and for whom.
    function _stageApprovals(
        FrameRecord record,
        uint256 offset,
        bytes calldata header,
        bytes calldata executions,
        Calls memory calls
    ) private returns (uint256 count) {
        uint256 rules = FrameRules.offsetIn(header);
        uint256 next = calls.next;
        // Unchecked: counts calls.
        unchecked {
            for (uint256 i; i < calls.count; ++i) {
                address target;
                bytes calldata data;
                (target,, data, next) = ExecutionDecoder.read(executions, i, calls.count, next);
                uint256 probe = data.length < 4 ? 0 : FrameRules.probeOf(bytes4(data));
                if (probe == 0 || !FrameRules.isEphemeral(header, rules, target)) continue;
                if (data.length < 36) revert ArgumentMissing(i, 0, data.length);
                // No slot beyond the record's is written: whoever reads validation's trace would refuse it unnamed.
                if (offset + 2 * count + 2 > FrameRecordLib.MAX_WORDS) {
                    revert FrameTooLarge(offset + 2 * count + 2, FrameRecordLib.MAX_WORDS);
                }
                record.put(offset + 2 * count, (probe << 160) | uint160(target));
                record.put(offset + 2 * count + 1, uint160(data.word(4)));
                ++count;
            }
        }
    }

    /// @dev What the calls charge to the ceiling of each meter's token, as the rule engine sums it up.
    function _stageCeilings(
        FrameRecord record,
        uint256 offset,
        bytes calldata header,
        bytes calldata executions,
        Calls memory calls
    ) private returns (uint256 end) {
        // Unchecked: counts meters; a sum above every cap was refused before.
        unchecked {
            end = offset + header.meterCount();
            if (end > FrameRecordLib.MAX_WORDS) revert FrameTooLarge(end, FrameRecordLib.MAX_WORDS);
            for (uint256 i = offset; i < end; ++i) {
                record.put(i, _ceilingCharge(header.meterToken(i - offset), executions, calls));
            }
        }
    }

    function _ceilingCharge(address token, bytes calldata executions, Calls memory calls)
        private
        pure
        returns (uint256 sum)
    {
        uint256 next = calls.next;
        // Unchecked: counts calls; a sum that wraps is larger than a ceiling, and was refused before.
        unchecked {
            for (uint256 i; i < calls.count; ++i) {
                address target;
                bytes calldata data;
                (target,, data, next) = ExecutionDecoder.read(executions, i, calls.count, next);
                if (target != token || data.length < 4) continue;
                TokenSelectors.Entry entry = TokenSelectors.lookup(bytes4(data));
                if (entry.isChargeable()) sum += data.word(4 + 32 * entry.amountWord());
            }
        }
    }
}
