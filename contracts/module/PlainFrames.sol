// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameHeadLib} from "../frame/FrameHead.sol";
import {FrameRecord, FrameRecordLib} from "../frame/FrameRecord.sol";
import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {EXTRA_FRAME, Operation} from "./Operation.sol";
import {PlainRules} from "./PlainRules.sol";

/// @title Stages the frames that need no more than a record
/// @notice Of a policy with one meter at most and without frame rules, in an account without ceilings: nearly every measured
/// key's. What does not fit is left to the extension, which says what is wrong if something is.
abstract contract PlainFrames is PlainRules {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev In `extras`: the operation begins with `open`, ends with `close`.
    uint256 private constant EXTRA_OPENS = 1 << 8;
    uint256 private constant EXTRA_CLOSES = 1 << 9;
    uint256 private constant EXTRA_ENDS = EXTRA_OPENS | EXTRA_CLOSES;
    /// @dev Where in `extras` stands the position in memory of: record · native · first meter, both without gas.
    uint256 private constant DRAFT_SHIFT = 32;
    uint256 private constant LEAST_CALLS = 3;

    /// @dev `open(id)` first, `close()` last, between them a call that a permission covers, and all of it reverts as one.
    function _admitFrameEnd(
        Operation memory operation,
        bytes calldata executions,
        uint256 callIndex,
        uint256 count,
        address target,
        uint256 value,
        bytes calldata data
    ) internal view override {
        uint256 extras = operation.extras;
        bool fits = extras & EXTRA_FRAME != 0 && target == address(this) && value == 0 && count >= LEAST_CALLS;
        uint256 selector = data.word(0) >> 224;
        // Unchecked: a count of at least three; a position in memory.
        unchecked {
            if (callIndex == 0) {
                FrameRecord record = FrameRecordLib.recordOf(operation.account, data.word(4));
                fits = fits && selector == uint32(ISessionKeyFrame.open.selector) && data.length == 36
                    && ExecutionDecoder.isDefault(executions) && record.word(0) == 0;
                uint256 draft;
                // Assembly: three words, not cleared first.
                assembly ("memory-safe") {
                    draft := mload(0x40)
                    mstore(draft, record)
                    mstore(0x40, add(draft, 96))
                }
                extras |= (draft << DRAFT_SHIFT) | EXTRA_OPENS;
            } else {
                fits = fits && selector == uint32(ISessionKeyFrame.close.selector) && data.length == 4
                    && callIndex + 1 == count;
                extras |= EXTRA_CLOSES;
            }
            if (!fits) _leaveToExtension();
            operation.extras = extras;
            operation.calls = count - 2;
        }
    }

    /// @dev Only frames are left to be asked about here.
    function _inspectCalls(Operation memory operation, bytes calldata, uint256, uint256, bytes calldata header)
        internal
        view
        override
    {
        if (operation.extras & EXTRA_ENDS != EXTRA_ENDS || header.meterCount() > 1) _leaveToExtension();
        uint256 draft = operation.extras >> DRAFT_SHIFT;
        (uint256 native, uint256 first) = (operation.native, operation.firstMeter);
        // Assembly: the draft is no Solidity type.
        assembly ("memory-safe") {
            mstore(add(draft, 32), native)
            mstore(add(draft, 64), first)
        }
    }

    /// @dev The same record as {FrameStaging} would write.
    function _stageFrame(Operation memory operation, bytes32 policyRoot, bytes calldata header) internal override {
        uint256 draft = operation.extras >> DRAFT_SHIFT;
        FrameRecord record;
        uint256 native;
        uint256 first;
        // Assembly: as above.
        assembly ("memory-safe") {
            record := mload(draft)
            native := mload(add(draft, 32))
            first := mload(add(draft, 64))
        }
        uint256 meters = header.meterCount();
        record.putKey(operation.keyId, policyRoot);
        record.putCharges(0, native, operation.native);
        if (meters != 0) record.putCharges(1, first, operation.firstMeter);
        // Unchecked: a header that a grant has bounded.
        unchecked {
            uint256 offset = FrameRecordLib.FIXED_WORDS + meters;
            for (uint256 position; position < header.length; position += 32) {
                record.put(offset++, header.word(position));
            }
        }
        record.putHead(FrameHeadLib.pack(operation.settings, header.length, meters, 0, false, false));
    }
}
