// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Reads the clock: OP-011
contract TimestampValidator is ProbeValidator {
    function _probe(address account) internal override {
        kept[account] = block.timestamp;
    }
}
