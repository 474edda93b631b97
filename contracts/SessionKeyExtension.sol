// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CeilingRules} from "./module/CeilingRules.sol";
import {ConditionEngine} from "./conditions/ConditionEngine.sol";
import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {Guarding} from "./module/Guarding.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {Previewing} from "./module/Previewing.sol";
import {Updating} from "./module/Updating.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is Previewing, Updating, Guarding, KeyViews, CeilingRules {
    /// @dev The engine is created here: where the extension has the same address on every chain, it has too.
    constructor() ConditionHost(new ConditionEngine()) {}

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }
}
