// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Keys the account outermost, so that no slot is associated with it: STO-021
contract WrongNestingValidator is ProbeValidator {
    mapping(address account => mapping(bytes32 keyId => uint256)) private values;

    function _probe(address account) internal override {
        values[account][keccak256("key")]++;
    }
}
