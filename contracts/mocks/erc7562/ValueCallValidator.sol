// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Sends one wei to the account: OP-061
contract ValueCallValidator is ProbeValidator {
    constructor() payable {}

    function _probe(address account) internal override {
        (bool success,) = account.call{value: 1}("");
        kept[account] = success ? 1 : 2;
    }
}
