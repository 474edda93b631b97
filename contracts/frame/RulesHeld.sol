// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {MemoryWord} from "../libraries/MemoryWord.sol";
import {Balances} from "./Balances.sol";
import {FrameHead} from "./FrameHead.sol";
import {FrameHeader} from "./FrameHeader.sol";
import {FrameRecord} from "./FrameRecord.sol";
import {FrameRules} from "./FrameRules.sol";
import {PriceFeed} from "./PriceFeed.sol";

/// @title The frame rules while a frame is open: approvals end with it, and what must come in comes in
library RulesHeld {
    using FrameHeader for bytes;
    using MemoryWord for bytes;

    /// @notice Notes, when the frame opens, each approval's allowance and what is held for each received rule.
    function note(address account, FrameRecord record, FrameHead head) internal {
        uint256 index;
        for (; index < head.approvalCount(); ++index) {
            (uint256 probe, address token, address spender) = record.approval(head, index);
            record.putNoted(index, Balances.allowance(probe, token, account, spender));
        }
        bytes memory header = record.header(head);
        (uint256 rules, uint256 offset) = header.receivedRules();
        for (; rules != 0; --rules) {
            record.putNoted(index++, Balances.held(header.receivedToken(offset), account));
            offset = header.nextRule(offset);
        }
    }

    /// @notice Holds them when it closes.
    function hold(address account, FrameRecord record, FrameHead head) internal view {
        uint256 index;
        for (; index < head.approvalCount(); ++index) {
            (uint256 probe, address token, address spender) = record.approval(head, index);
            uint256 before = record.noted(index);
            uint256 afterwards = Balances.allowance(probe, token, account, spender);
            if (afterwards > before) revert ISessionKeyErrors.AllowanceLeft(token, spender, before, afterwards);
        }
        bytes memory header = record.header(head);
        (uint256 rules, uint256 offset) = header.receivedRules();
        for (; rules != 0; --rules) {
            address token = header.receivedToken(offset);
            uint256 received = _rise(record.noted(index++), Balances.held(token, account));
            uint256 minimum = _minimum(account, record, head, header, offset);
            if (received < minimum) revert ISessionKeyErrors.ReceivedTooLittle(token, minimum, received);
            offset = header.nextRule(offset);
        }
    }

    /// @dev The least that the rule at `offset` asks for.
    function _minimum(address account, FrameRecord record, FrameHead head, bytes memory header, uint256 offset)
        private
        view
        returns (uint256)
    {
        if (header.byteAt(offset) == FrameRules.MODE_FIXED) return header.word(offset + 21) >> 128;
        uint256 meter = header.byteAt(offset + 21);
        address spent = header.token(meter);
        uint256 asset = meter == FrameRules.NATIVE ? 0 : record.firstMeterOf(head, spent, meter) + 1;
        return PriceFeed.minimum(header, offset, spent, _rise(Balances.held(spent, account), record.held(asset)));
    }

    function _rise(uint256 from, uint256 to) private pure returns (uint256) {
        return to > from ? to - from : 0;
    }
}
