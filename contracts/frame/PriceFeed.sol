// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {MemoryWord} from "../libraries/MemoryWord.sol";
import {FrameRules} from "./FrameRules.sol";

/// @title What a Chainlink `AggregatorV3Interface` feed says that an operation should have brought in
library PriceFeed {
    using MemoryWord for bytes;

    bytes4 private constant DECIMALS = bytes4(keccak256("decimals()"));
    bytes4 private constant LATEST_ROUND = bytes4(keccak256("latestRoundData()"));

    /// @dev A feed rule's fields, see docs/WIRE-FORMAT.md, `received`.
    struct Rule {
        bool inverse;
        address received;
        address feed;
        uint256 feedDecimals;
        uint256 spentDecimals;
        uint256 receivedDecimals;
        uint256 maxAge;
        uint256 maxSlippage;
    }

    /// @notice The least of the received token for `amount` of the spent one, rounded up.
    /// @param data bytes with a checked feed rule at `offset`.
    /// @param spent the spent token, 0 for native.
    function minimum(bytes memory data, uint256 offset, address spent, uint256 amount) internal view returns (uint256) {
        Rule memory rule = _read(data, offset);
        _requireDecimals(rule.feed, rule.feedDecimals);
        if (spent != address(0)) _requireDecimals(spent, rule.spentDecimals);
        if (rule.received != address(0)) _requireDecimals(rule.received, rule.receivedDecimals);
        uint256 price = _price(rule);
        uint256 kept = FrameRules.BASIS_POINTS - rule.maxSlippage;
        // Powers of ten are bounded by the grant to 10^76, below a word; a price that overflows reverts.
        if (rule.inverse) {
            return Math.mulDiv(
                amount,
                kept * 10 ** (rule.feedDecimals + rule.receivedDecimals),
                price * FrameRules.BASIS_POINTS * 10 ** rule.spentDecimals,
                Math.Rounding.Ceil
            );
        }
        return Math.mulDiv(
            amount,
            price * kept * 10 ** rule.receivedDecimals,
            FrameRules.BASIS_POINTS * 10 ** (rule.feedDecimals + rule.spentDecimals),
            Math.Rounding.Ceil
        );
    }

    function _read(bytes memory data, uint256 offset) private pure returns (Rule memory rule) {
        uint256 tail = data.word(offset + 42);
        rule.inverse = data.byteAt(offset) == FrameRules.MODE_FEED_INVERSE;
        rule.received = address(uint160(data.word(offset + 1) >> 96));
        rule.feed = address(uint160(data.word(offset + 22) >> 96));
        rule.feedDecimals = tail >> 248;
        rule.spentDecimals = (tail >> 240) & 0xff;
        rule.receivedDecimals = (tail >> 232) & 0xff;
        rule.maxAge = (tail >> 200) & 0xffffffff;
        rule.maxSlippage = (tail >> 184) & 0xffff;
    }

    /// @dev The latest answer, if its round is complete, it is above zero, and new enough.
    function _price(Rule memory rule) private view returns (uint256) {
        (bool success, bytes memory answer) = rule.feed.staticcall(abi.encodePacked(LATEST_ROUND));
        if (!success || answer.length < 160) revert ISessionKeyErrors.FeedUnreadable(rule.feed);
        (uint256 roundId, int256 price,, uint256 updatedAt, uint256 answeredInRound) =
            abi.decode(answer, (uint256, int256, uint256, uint256, uint256));
        if (price <= 0 || roundId == 0 || updatedAt == 0 || answeredInRound < roundId) {
            revert ISessionKeyErrors.FeedAnswerInvalid(rule.feed, roundId, price);
        }
        uint256 age = updatedAt > block.timestamp ? type(uint256).max : block.timestamp - updatedAt;
        if (age > rule.maxAge) revert ISessionKeyErrors.FeedStale(rule.feed, age, rule.maxAge);
        return uint256(price);
    }

    function _requireDecimals(address source, uint256 expected) private view {
        (bool success, bytes memory answer) = source.staticcall(abi.encodePacked(DECIMALS));
        if (!success || answer.length < 32) revert ISessionKeyErrors.FeedUnreadable(source);
        uint256 actual = abi.decode(answer, (uint256));
        if (actual != expected) revert ISessionKeyErrors.DecimalsMismatch(source, expected, actual);
    }
}
