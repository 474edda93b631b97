// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";

/// @notice The first word of a frame's record.
///
/// | bits    | field         | meaning                                                          |
/// |---------|---------------|------------------------------------------------------------------|
/// | 0–15    | headerLength  | bytes                                                            |
/// | 16–23   | meterCount    |                                                                  |
/// | 24–31   | approvalCount | ephemeral approvals that the calls make                          |
/// | 32      | isOpened      | the frame was opened, and cannot be again                        |
/// | 33      | hasRules      | the header has frame rules                                       |
/// | 34      | hasCeilings   | the account had ceilings when the operation was validated        |
/// | 35      | isPacked      | `open` has put what is held of native and of one token into one word |
/// | 72–103  | epoch         | of the key's settings, in their places                           |
/// | 104–127 | serial        | the same                                                         |
/// | 128–247 | nativeTotal   | what the operation charges on native, gas included, wei          |
/// | 248–249 | flags         | the same: ACTIVE is set, PAUSED is not                           |
type FrameHead is uint256;

using FrameHeadLib for FrameHead global;

/// @title Reads and packs {FrameHead}
library FrameHeadLib {
    uint256 private constant OPENED = 1 << 32;
    uint256 private constant RULES = 1 << 33;
    uint256 private constant CEILINGS = 1 << 34;
    uint256 private constant PACKED = 1 << 35;
    uint256 private constant ONE_METER = 1 << 16;
    /// @dev All between length and grant.
    uint256 private constant SHAPE = ((1 << 20) - 1) << 16;
    /// @dev Epoch, serial, and the flags ACTIVE and PAUSED of a key's settings.
    uint256 private constant GRANT = (((1 << 56) - 1) << 72) | (3 << 248);

    /// @dev The caller guarantees 120 bits of `nativeTotal_`, which a native cap bounds to 86, 16 of `headerLength_` and 8
    /// of each count.
    function pack(
        KeySettings settings,
        uint256 nativeTotal_,
        uint256 headerLength_,
        uint256 meterCount_,
        uint256 approvalCount_,
        bool rules,
        bool ceilings
    ) internal pure returns (FrameHead) {
        return FrameHead.wrap(
            (KeySettings.unwrap(settings) & GRANT) | (nativeTotal_ << 128) | headerLength_ | (meterCount_ << 16)
                | (approvalCount_ << 24) | (rules ? RULES : 0) | (ceilings ? CEILINGS : 0)
        );
    }

    function headerLength(FrameHead self) internal pure returns (uint256) {
        return FrameHead.unwrap(self) & 0xffff;
    }

    function meterCount(FrameHead self) internal pure returns (uint256) {
        return (FrameHead.unwrap(self) >> 16) & 0xff;
    }

    function approvalCount(FrameHead self) internal pure returns (uint256) {
        return (FrameHead.unwrap(self) >> 24) & 0xff;
    }

    function hasRules(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) & RULES != 0;
    }

    function hasCeilings(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) & CEILINGS != 0;
    }

    function epoch(FrameHead self) internal pure returns (uint256) {
        return (FrameHead.unwrap(self) >> 72) & 0xffffffff;
    }

    function serial(FrameHead self) internal pure returns (uint256) {
        return (FrameHead.unwrap(self) >> 104) & 0xffffff;
    }

    function nativeTotal(FrameHead self) internal pure returns (uint256) {
        return (FrameHead.unwrap(self) >> 128) & ((1 << 120) - 1);
    }

    /// @notice There is such a frame, and it was not opened yet.
    function isWaiting(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) != 0 && FrameHead.unwrap(self) & OPENED == 0;
    }

    /// @notice The frame waits, and is over native and one meter: no frame rules, no ceilings.
    function isPlainWaiting(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) & SHAPE == ONE_METER;
    }

    /// @notice Such a frame was opened by {openedPlain}.
    function isPlainOpen(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) & SHAPE == ONE_METER | OPENED | PACKED;
    }

    function isPacked(FrameHead self) internal pure returns (bool) {
        return FrameHead.unwrap(self) & PACKED != 0;
    }

    function openedPlain(FrameHead self) internal pure returns (FrameHead) {
        return FrameHead.wrap(FrameHead.unwrap(self) | OPENED | PACKED);
    }

    function opened(FrameHead self) internal pure returns (FrameHead) {
        return FrameHead.wrap(FrameHead.unwrap(self) | OPENED);
    }

    /// @notice The key is running under the very grant that validation saw.
    function isGrantOf(FrameHead self, KeySettings settings) internal pure returns (bool) {
        return (FrameHead.unwrap(self) ^ KeySettings.unwrap(settings)) & GRANT == 0;
    }
}
