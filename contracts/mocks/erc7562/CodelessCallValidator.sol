// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Calls an address without code: OP-041
contract CodelessCallValidator is ProbeValidator {
    function _probe(address account) internal override {
        (bool success,) = address(0xc0de1e55).call("");
        kept[account] = success ? 1 : 2;
    }
}
