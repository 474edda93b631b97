// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";

/// @title Knows where the code of measured frames is
abstract contract FrameHost {
    ISessionKeyFrames internal immutable _FRAMES;

    constructor(ISessionKeyFrames frames) {
        _FRAMES = frames;
    }
}
