// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MemoryWord} from "../libraries/MemoryWord.sol";
import {FrameRules} from "./FrameRules.sol";

/// @title Reads a header that a frame has brought into memory
/// @notice What {PolicyHeader} is for calldata. Validation has written it, so that what a grant checked is not
/// checked again.
library FrameHeader {
    using MemoryWord for bytes;

    uint256 private constant METERS_OFFSET = 3;
    uint256 private constant METER_LENGTH = 38;
    uint256 private constant SECTION_COSIGNER = 2;
    uint256 private constant THRESHOLD_LENGTH = 17;

    /// @notice Subject and tag of meter `index`, 21 bytes right-aligned.
    function meterIdentity(bytes memory header, uint256 index) internal pure returns (uint256) {
        // Unchecked, here and below: indices and lengths are bytes.
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            return header.word(METERS_OFFSET + METER_LENGTH * index) >> 88;
        }
    }

    /// @notice The token of meter `index`, or of {FrameRules-NATIVE}: 0.
    function token(bytes memory header, uint256 index) internal pure returns (address) {
        return index == FrameRules.NATIVE ? address(0) : address(uint160(meterIdentity(header, index) >> 8));
    }

    function meterPeriod(bytes memory header, uint256 index) internal pure returns (uint256) {
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            return header.byteAt(METERS_OFFSET + METER_LENGTH * index + 21);
        }
    }

    function meterCap(bytes memory header, uint256 index) internal pure returns (uint256) {
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            return header.word(METERS_OFFSET + METER_LENGTH * index + 22) >> 128;
        }
    }

    /// @notice The received rules: how many, and where the first stands. Of a header that has frame rules.
    function receivedRules(bytes memory header) internal pure returns (uint256 count, uint256 offset) {
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            offset = METERS_OFFSET + METER_LENGTH * header.byteAt(0);
            for (uint256 left = header.byteAt(1); left != 0; --left) {
                offset += 22 + header.byteAt(offset + 21) + (header.byteAt(offset + 20) == 2 ? 17 : 0);
            }
            offset += 1 + 20 * header.byteAt(offset);
            return (header.byteAt(offset), offset + 1);
        }
    }

    /// @notice Where the received rule behind the one at `offset` stands.
    function nextRule(bytes memory header, uint256 offset) internal pure returns (uint256) {
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            return offset
                + (header.byteAt(offset) == FrameRules.MODE_FIXED ? FrameRules.FIXED_LENGTH : FrameRules.FEED_LENGTH);
        }
    }

    /// @notice The token of the received rule at `offset`; 0: native.
    function receivedToken(bytes memory header, uint256 offset) internal pure returns (address) {
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            return address(uint160(header.word(offset + 1) >> 96));
        }
    }

    /// @notice The co-sign thresholds: where they begin and end. They are read from the header's end: only sections of fixed
    /// length stand behind them.
    function thresholds(bytes memory header) internal pure returns (uint256 start, uint256 end) {
        uint256 sections = header.byteAt(2);
        if (sections & SECTION_COSIGNER == 0) return (0, 0);
        // Unchecked: an index below 256, so that no offset passes a header.
        unchecked {
            end = header.length - 1 - (sections & 4 == 0 ? 0 : 20) - 32 * (sections & 1);
            start = end - THRESHOLD_LENGTH * header.byteAt(end);
        }
    }

    /// @notice Meter and amount of the threshold at `offset`.
    function threshold(bytes memory header, uint256 offset) internal pure returns (uint256 meter, uint256 amount) {
        uint256 word = header.word(offset);
        return (word >> 248, (word << 8) >> 128);
    }
}
