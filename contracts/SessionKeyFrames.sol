// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameGrants} from "./frame/FrameGrants.sol";
import {FrameStaging} from "./frame/FrameStaging.sol";
import {Frames} from "./frame/Frames.sol";

/// @title The measured frames of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it. Knows no rule of an operation; those were held before a frame is staged.
contract SessionKeyFrames is FrameStaging, Frames, FrameGrants {}
