// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads its own balance: OP-080
contract SelfBalanceValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = address(this).balance;
    }
}
