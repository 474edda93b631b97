// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads the block number: OP-011
contract NumberValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = block.number;
    }
}
