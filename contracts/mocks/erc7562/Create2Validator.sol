// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CleanValidator} from "./CleanValidator.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Creates a contract at a known address: OP-031
contract Create2Validator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = uint160(address(new CleanValidator{salt: bytes32(uint256(uint160(account)))}()));
    }
}
