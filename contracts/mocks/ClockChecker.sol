// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyChecker} from "../interfaces/ISessionKeyChecker.sol";

/// @title A checker that no bundler should take
/// @notice Allows everything from 1970 on, and reads the clock to know.
contract ClockChecker is ISessionKeyChecker {
    /// @inheritdoc ISessionKeyChecker
    function check(address, bytes32, address, uint256, bytes calldata) external view override returns (bytes4) {
        return block.timestamp == 0 ? bytes4(0) : ISessionKeyChecker.check.selector;
    }
}
