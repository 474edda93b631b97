// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Asks for the code hash of an address without code: OP-041
contract CodelessHashValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = uint256(address(0xc0de1e55).codehash);
    }
}
