// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CleanValidator} from "./CleanValidator.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Creates a contract: OP-011
contract CreateValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = uint160(address(new CleanValidator()));
    }
}
