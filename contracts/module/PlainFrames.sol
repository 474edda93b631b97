// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameHeadLib} from "../frame/FrameHead.sol";
import {FrameRecord, FrameRecordLib} from "../frame/FrameRecord.sol";
import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Operation} from "./Operation.sol";
import {PlainRules} from "./PlainRules.sol";
import {RareRules} from "./RareRules.sol";

/// @title Stages the frames that need no more than a record
/// @notice Of a policy with one meter at most and without frame rules, in an account without ceilings: nearly every measured
/// key's. What does not fit is left to the extension, which says what is wrong if something is.
abstract contract PlainFrames is PlainRules {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev Where in `extras` stands the position in memory of: record · native · first meter, both without gas.
    uint256 private constant DRAFT_SHIFT = 32;
    uint256 private constant LEAST_CALLS = 3;
    /// @dev The mode of a batch that reverts as one.
    uint256 private constant DEFAULT_BATCH = 1 << 248;

    /// @inheritdoc RareRules
    /// @dev Without them: `open(id)` first, `close()` last, between them a call that a permission covers, and all of it
    /// reverts as one. What is left is walked as any batch is, and must end where `close()` begins.
    function _openFrame(
        Operation memory operation,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata header
    )
        internal
        view
        override
        returns (bytes calldata rest, uint256 end, uint256 start)
    {
        (uint256 openSelector, uint256 closeSelector) =
            (uint32(ISessionKeyFrame.open.selector), uint32(ISessionKeyFrame.close.selector));
        uint256 mode = DEFAULT_BATCH;
        uint256 wrong;
        uint256 id;
        // Assembly: every byte of both ends, but for the id, is known; two walks over them would cost three times as much.
        // Lengths are those of call data. A count that is too small is refused below, whatever was read.
        assembly ("memory-safe") {
            let base := executions.offset
            rest.offset := base
            // target · value · offset · length · data: 128 + 64 bytes of `open`, 128 + 32 of `close`.
            rest.length := sub(executions.length, 160)
            start := add(next, 192)
            wrong := xor(calldataload(sub(base, 96)), mode)
            wrong := or(wrong, xor(calldataload(add(base, 64)), next))
            wrong := or(wrong, xor(add(calldataload(add(base, add(next, 32))), 64), rest.length))
            let at := add(base, add(next, 64))
            wrong := or(wrong, xor(calldataload(at), address()))
            wrong := or(wrong, calldataload(add(at, 32)))
            wrong := or(wrong, xor(calldataload(add(at, 64)), 96))
            wrong := or(wrong, xor(calldataload(add(at, 96)), 36))
            wrong := or(wrong, xor(shr(224, calldataload(add(at, 128))), openSelector))
            id := calldataload(add(at, 132))
            wrong := or(wrong, shl(32, calldataload(add(at, 160))))
            at := add(base, rest.length)
            wrong := or(wrong, xor(calldataload(at), address()))
            wrong := or(wrong, calldataload(add(at, 32)))
            wrong := or(wrong, xor(calldataload(add(at, 64)), 96))
            wrong := or(wrong, xor(calldataload(add(at, 96)), 4))
            wrong := or(wrong, xor(calldataload(add(at, 128)), shl(224, closeSelector)))
        }
        FrameRecord record = FrameRecordLib.recordOf(operation.account, id);
        // Early, because it all starts again there: of the header nothing is proven yet, and nothing follows from it but
        // where the operation is validated.
        if (header.sections() & PolicyHeader.SECTION_FRAME != 0 || header.meterCount() > 1) _leaveToExtension();
        if (wrong | record.word(0) != 0 || count < LEAST_CALLS) _leaveToExtension();
        uint256 draft;
        // Assembly: three words, not cleared first.
        assembly ("memory-safe") {
            draft := mload(0x40)
            mstore(draft, record)
            mstore(0x40, add(draft, 96))
        }
        operation.extras |= draft << DRAFT_SHIFT;
        // Unchecked: a count of at least three.
        unchecked {
            (operation.calls, end) = (1, count - 1);
        }
    }

    /// @inheritdoc RareRules
    /// @dev The ends are not among the calls.
    function _isFrameEnd(Operation memory, uint256, uint256, address) internal pure override returns (bool) {
        return false;
    }

    /// @inheritdoc RareRules
    /// @dev Only frames are left to be asked about here.
    function _inspectCalls(Operation memory operation, bytes calldata, uint256, uint256, bytes calldata)
        internal
        pure
        override
    {
        uint256 draft = operation.extras >> DRAFT_SHIFT;
        (uint256 native, uint256 first) = (operation.native, operation.firstMeter);
        // Assembly: the draft is no Solidity type.
        assembly ("memory-safe") {
            mstore(add(draft, 32), native)
            mstore(add(draft, 64), first)
        }
    }

    /// @inheritdoc RareRules
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
        record.putFirstCharges(native, first, operation.firstMeter);
        // Unchecked: a header that a grant has bounded.
        unchecked {
            uint256 offset = FrameRecordLib.FIXED_WORDS + 1;
            for (uint256 position; position < header.length; position += 32) {
                record.put(offset++, header.word(position));
            }
        }
        record.putHead(FrameHeadLib.pack(operation.settings, operation.native, header.length, meters, 0, false, false));
    }
}
