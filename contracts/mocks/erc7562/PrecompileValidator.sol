// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Calls one precompile, of which a network may know more or fewer
contract PrecompileValidator is ProbeValidator {
    address private immutable PRECOMPILE;

    constructor(address precompile) {
        PRECOMPILE = precompile;
    }

    function _probe(address account) internal override {
        (bool success,) = PRECOMPILE.staticcall("");
        kept[account] = success ? 1 : 2;
    }
}
