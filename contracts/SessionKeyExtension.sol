// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CeilingRules} from "./module/CeilingRules.sol";
import {Guarding} from "./module/Guarding.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {Previewing} from "./module/Previewing.sol";
import {Updating} from "./module/Updating.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is Previewing, Updating, Guarding, KeyViews, CeilingRules {}
