// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "../interfaces/IConditionEngine.sol";

/// @title Knows where the engine of argument conditions is
abstract contract ConditionHost {
    IConditionEngine internal immutable _CONDITION_ENGINE;

    constructor(IConditionEngine engine) {
        _CONDITION_ENGINE = engine;
    }

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }
}
