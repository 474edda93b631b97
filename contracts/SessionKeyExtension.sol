// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SessionKeyAdministration} from "./SessionKeyAdministration.sol";
import {ConditionEngine} from "./conditions/ConditionEngine.sol";
import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {Previewing} from "./module/Previewing.sol";
import {Relaying} from "./module/Relaying.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is Previewing, KeyViews, Relaying {
    address private immutable _ADMINISTRATION;

    /// @dev What it needs is created here: where the extension has the same address on every chain, they have too.
    constructor() ConditionHost(new ConditionEngine()) {
        _ADMINISTRATION = address(new SessionKeyAdministration(_CONDITION_ENGINE));
    }

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }

    /// @dev Every function of {ISessionKeyAdministration}; none of them takes value.
    fallback() external {
        _relay(_ADMINISTRATION);
    }
}
