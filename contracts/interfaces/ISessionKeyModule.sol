// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyCore} from "./ISessionKeyCore.sol";
import {ISessionKeyExtension} from "./ISessionKeyExtension.sol";
import {ISessionKeyPreview} from "./ISessionKeyPreview.sol";
import {ISessionKeySubmittedGrants} from "./ISessionKeySubmittedGrants.sol";
import {ISessionKeySignedGrants} from "./ISessionKeySignedGrants.sol";

/// @title Session keys that an ERC-7579 account enforces while it validates
/// @notice Everything that is called at the module's address.
interface ISessionKeyModule is ISessionKeyCore, ISessionKeyExtension, ISessionKeyPreview, ISessionKeySignedGrants, ISessionKeySubmittedGrants {}
