// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A Chainlink `AggregatorV3Interface`, every function of it, that answers as it is told
contract MockFeed {
    string public description = "MOCK / USD";
    uint256 public version = 4;
    uint8 public decimals = 8;
    uint80 private _roundId = 1;
    int256 private _answer;
    uint256 private _updatedAt;
    uint80 private _answeredInRound = 1;

    function set(int256 answer, uint256 updatedAt) external {
        (_answer, _updatedAt) = (answer, updatedAt);
    }

    function setRound(uint80 roundId, uint80 answeredInRound) external {
        (_roundId, _answeredInRound) = (roundId, answeredInRound);
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (_roundId, _answer, _updatedAt, _updatedAt, _answeredInRound);
    }

    /// @dev Only the latest round is kept.
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        require(roundId == _roundId, "No data present");
        return (_roundId, _answer, _updatedAt, _updatedAt, _answeredInRound);
    }
}
