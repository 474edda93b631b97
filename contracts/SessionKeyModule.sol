// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Granting} from "./module/Granting.sol";
import {Installation} from "./module/Installation.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {Pausing} from "./module/Pausing.sol";
import {Previewing} from "./module/Previewing.sol";
import {Updating} from "./module/Updating.sol";

/// @title Session keys for ERC-7579 accounts
/// @notice Wires the concerns together and holds nothing of its own. No owner, no proxy, no constructor argument: the
/// same code at the same address on every chain.
///
/// Places kept for what is to come: an executor lane beside {Validation}, carried grants beside {Granting}, the measured
/// frame and account ceilings beside {SpendingCounters}, further comparisons beside PinnedWords.
contract SessionKeyModule is Previewing, Granting, Updating, Installation, Pausing, KeyViews {}
