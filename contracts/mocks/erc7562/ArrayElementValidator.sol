// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads an element of an account's dynamic array, whose slot is hashed twice: STO-021
contract ArrayElementValidator is ProbeValidator {
    mapping(address account => uint256[]) private values;

    function _probe(address account) internal override {
        values[account].push(1);
    }
}
