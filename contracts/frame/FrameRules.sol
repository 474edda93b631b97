// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title The frame rules of a header, as a grant checks them
/// @notice Ephemeral tokens, and what an operation must bring in.
/// @dev Format: docs/WIRE-FORMAT.md, "Measured frame". Everything an operation reads later is bounded here.
library FrameRules {
    using CalldataWord for bytes;

    uint256 internal constant MODE_FIXED = 1;
    /// @dev The feed prices one whole spent token in received ones.
    uint256 internal constant MODE_FEED = 2;
    /// @dev The feed prices one whole received token in spent ones.
    uint256 internal constant MODE_FEED_INVERSE = 3;
    /// @dev mode 1 · token 20 · amount 16.
    uint256 internal constant FIXED_LENGTH = 37;
    /// @dev mode 1 · token 20 · meterIndex 1 · feed 20 · three decimals 3 · maxAge 4 · maxSlippage 2.
    uint256 internal constant FEED_LENGTH = 51;
    uint256 internal constant NATIVE = 0xff;
    uint256 internal constant MAX_DECIMALS = 36;
    uint256 internal constant NATIVE_DECIMALS = 18;
    uint256 internal constant BASIS_POINTS = 10_000;
    /// @dev A smaller meter subject is a number, not a token.
    uint256 internal constant FIRST_TOKEN = 0x10000;
    bytes4 private constant APPROVE = bytes4(keccak256("approve(address,uint256)"));
    bytes4 private constant INCREASE_ALLOWANCE = bytes4(keccak256("increaseAllowance(address,uint256)"));
    bytes4 private constant INCREASE_APPROVAL = bytes4(keccak256("increaseApproval(address,uint256)"));
    bytes4 private constant APPROVE_AND_CALL = bytes4(keccak256("approveAndCall(address,uint256)"));
    bytes4 private constant APPROVE_AND_CALL_DATA = bytes4(keccak256("approveAndCall(address,uint256,bytes)"));
    bytes4 private constant SET_APPROVAL_FOR_ALL = bytes4(keccak256("setApprovalForAll(address,bool)"));

    /// @notice How what `selector` gives away is read back: 1 `allowance`, 2 `isApprovedForAll`, 0 not at all. The
    /// spender is argument word 0 of each.
    function probeOf(bytes4 selector) internal pure returns (uint256) {
        if (
            selector == APPROVE || selector == INCREASE_ALLOWANCE || selector == INCREASE_APPROVAL
                || selector == APPROVE_AND_CALL || selector == APPROVE_AND_CALL_DATA
        ) return 1;
        return selector == SET_APPROVAL_FOR_ALL ? 2 : 0;
    }

    /// @notice Where the frame rules stand in a header that has them: behind the paymasters.
    function offsetIn(bytes calldata header) internal pure returns (uint256 offset) {
        // Unchecked: counts and lengths are bytes.
        unchecked {
            offset = 3 + 38 * header.byteAt(0);
            for (uint256 left = header.byteAt(1); left != 0; --left) {
                offset += 22 + header.byteAt(offset + 21) + (header.byteAt(offset + 20) == 2 ? 17 : 0);
            }
        }
    }

    /// @notice Whether approvals on `token` are ephemeral.
    /// @param offset of the frame rules.
    function isEphemeral(bytes calldata header, uint256 offset, address token) internal pure returns (bool) {
        // Unchecked: a byte counts down; offsets lie within a header.
        unchecked {
            for (uint256 left = header.byteAt(offset); left != 0; --left) {
                if (address(uint160(header.word(offset + 1 + 20 * (left - 1)) >> 96)) == token) return true;
            }
        }
        return false;
    }

    /// @notice Checks the frame rules at `offset`, for a grant.
    /// @param meterCount of the header, whose meters were checked before.
    /// @return end first offset behind them.
    function check(bytes calldata header, uint256 offset, uint256 meterCount) internal pure returns (uint256 end) {
        // Unchecked: counts are bytes, and every offset that is added to lies within calldata.
        unchecked {
            if (offset >= header.length) revert ISessionKeyErrors.FrameRulesInvalid(offset);
            uint256 ephemeral = header.byteAt(offset);
            end = offset + 1;
            for (uint256 last; ephemeral != 0; --ephemeral) {
                uint256 token = header.word(end) >> 96;
                // Ascending, so that there is one way to write a list, and 0 is not on it.
                if (end + 20 > header.length || token <= last) revert ISessionKeyErrors.FrameRulesInvalid(end);
                last = token;
                end += 20;
            }
            if (end >= header.length) revert ISessionKeyErrors.FrameRulesInvalid(end);
            uint256 received = header.byteAt(end);
            // Rules that say nothing are not written.
            if (received == 0 && end == offset + 1) revert ISessionKeyErrors.FrameRulesInvalid(end);
            ++end;
            for (; received != 0; --received) end = _checkReceived(header, end, meterCount);
        }
    }

    function _checkReceived(bytes calldata header, uint256 offset, uint256 meterCount)
        private
        pure
        returns (uint256 end)
    {
        // Unchecked: as above.
        unchecked {
            uint256 mode = header.byteAt(offset);
            end = offset + (mode == MODE_FIXED ? FIXED_LENGTH : FEED_LENGTH);
            bool valid = end <= header.length && mode != 0 && mode <= MODE_FEED_INVERSE;
            if (mode == MODE_FIXED) valid = valid && header.word(offset + 21) >> 128 != 0;
            else valid = valid && _isFeed(header, offset, meterCount);
            if (!valid) revert ISessionKeyErrors.FrameRulesInvalid(offset);
        }
    }

    function _isFeed(bytes calldata header, uint256 offset, uint256 meterCount) private pure returns (bool) {
        // Unchecked: as above.
        unchecked {
            uint256 received = (header.word(offset + 1) >> 96);
            uint256 meterIndex = header.byteAt(offset + 21);
            uint256 spent;
            if (meterIndex != NATIVE) {
                if (meterIndex >= meterCount) return false;
                spent = header.word(3 + 38 * meterIndex) >> 96;
                if (spent < FIRST_TOKEN) return false;
            }
            uint256 tail = header.word(offset + 42);
            uint256 spentDecimals = (tail >> 240) & 0xff;
            uint256 receivedDecimals = (tail >> 232) & 0xff;
            // A price from native to native, without a feed, that no answer is new enough for, or that anything meets.
            if (spent == received || header.word(offset + 22) >> 96 == 0) return false;
            if ((tail >> 200) & 0xffffffff == 0 || (tail >> 184) & 0xffff >= BASIS_POINTS) return false;
            if (spent == 0 && spentDecimals != NATIVE_DECIMALS) return false;
            if (received == 0 && receivedDecimals != NATIVE_DECIMALS) return false;
            return tail >> 248 <= MAX_DECIMALS && spentDecimals <= MAX_DECIMALS && receivedDecimals <= MAX_DECIMALS;
        }
    }
}
