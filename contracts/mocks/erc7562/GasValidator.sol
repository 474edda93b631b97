// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Looks at the gas that is left: OP-012
contract GasValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = gasleft();
    }
}
