// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "./ISessionKeyAdministration.sol";
import {ISessionKeyCore} from "./ISessionKeyCore.sol";
import {ISessionKeyDirectLane} from "./ISessionKeyDirectLane.sol";
import {ISessionKeyExtension} from "./ISessionKeyExtension.sol";
import {ISessionKeySignedGrants} from "./ISessionKeySignedGrants.sol";
import {ISessionKeySignedRevocations} from "./ISessionKeySignedRevocations.sol";
import {ISessionKeyFrame} from "./ISessionKeyFrame.sol";

/// @title Session keys that an ERC-7579 account enforces while it validates
/// @notice Everything that is called at the module's address.
interface ISessionKeyModule is
    ISessionKeyCore,
    ISessionKeyExtension,
    ISessionKeyDirectLane,
    ISessionKeyFrame,
    ISessionKeyAdministration,
    ISessionKeySignedGrants,
    ISessionKeySignedRevocations
{}
