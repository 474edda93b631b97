// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads the base fee: OP-011
contract BaseFeeValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = block.basefee;
    }
}
