// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads the balance of another address: OP-080
contract BalanceValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = account.balance;
    }
}
