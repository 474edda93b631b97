// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ISessionKeyFrames} from "./interfaces/ISessionKeyFrames.sol";
import {CeilingRules} from "./module/CeilingRules.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {FrameHost} from "./module/FrameHost.sol";
import {Guarding} from "./module/Guarding.sol";
import {Installation} from "./module/Installation.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {ModuleDomain} from "./module/ModuleDomain.sol";
import {Pausing} from "./module/Pausing.sol";
import {SignedGrants} from "./module/SignedGrants.sol";
import {SignedRevocations} from "./module/SignedRevocations.sol";
import {Updating} from "./module/Updating.sol";

/// @title What an account changes rarely, and what anyone may read
/// @notice Run by {SessionKeyModule} by way of {SessionKeyExtension}, in the module's storage. Called directly it works on
/// its own storage, which means nothing to anyone.
contract SessionKeyAdministration is
    Installation,
    Updating,
    Pausing,
    Guarding,
    CeilingRules,
    KeyViews,
    SignedGrants,
    SignedRevocations,
    ModuleDomain
{
    constructor(IConditionEngine engine, ISessionKeyFrames frames) ConditionHost(engine) FrameHost(frames) {}

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }
}
