// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "../interfaces/IConditionEngine.sol";

/// @title Knows where the engine of argument conditions is
abstract contract ConditionHost {
    IConditionEngine internal immutable _CONDITION_ENGINE;

    constructor(IConditionEngine engine) {
        _CONDITION_ENGINE = engine;
    }
}
