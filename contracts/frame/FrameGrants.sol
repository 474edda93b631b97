// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {PermissionHead} from "../policy/PermissionHead.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {FrameRecordLib} from "./FrameRecord.sol";
import {FrameRules} from "./FrameRules.sol";

/// @title What a grant asks about frames
abstract contract FrameGrants is ISessionKeyFrames {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev What header and meters may take of a record's words: the rest is for ephemeral approvals, 16 at least.
    uint256 private constant MAX_HEADER_WORDS = 96;

    /// @dev selector 4 · two words.
    uint256 private constant QUESTION_LENGTH = 68;

    /// @inheritdoc ISessionKeyFrames
    function checkHeader(uint256 offset, KeySettings settings) external pure override returns (uint256 end) {
        bytes calldata header = msg.data[QUESTION_LENGTH:];
        end = offset;
        if (header.sections() & PolicyHeader.SECTION_FRAME != 0) {
            if (!settings.isMeasured()) revert ISessionKeyErrors.FrameRulesUnmeasured();
            end = FrameRules.check(header, offset, header.meterCount());
        }
        // A word of charges for each meter, and one more where the account has ceilings.
        uint256 words = FrameRecordLib.FIXED_WORDS + 2 * header.meterCount() + (header.length + 31) / 32;
        if (words > MAX_HEADER_WORDS) revert ISessionKeyErrors.FrameTooLarge(words, MAX_HEADER_WORDS);
    }

    /// @inheritdoc ISessionKeyFrames
    function requireEphemeral(PermissionHead head, uint256 where) external pure override {
        bytes calldata header = msg.data[QUESTION_LENGTH:];
        bool ephemeral = header.sections() & PolicyHeader.SECTION_FRAME != 0 && FrameRules.probeOf(head.selector()) != 0
            && FrameRules.isEphemeral(header, FrameRules.offsetIn(header), head.target());
        if (!ephemeral) revert ISessionKeyErrors.SpenderNotPinned(where >> 8, where & 0xff);
    }
}
