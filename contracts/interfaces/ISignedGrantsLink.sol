// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "./IConditionEngine.sol";

/// @title How the parts of the module find each other when they are deployed
interface ISignedGrantsLink {
    /// @notice Where the code for what an owner signs off chain lives.
    function signedGrants() external view returns (address);

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine);
}
