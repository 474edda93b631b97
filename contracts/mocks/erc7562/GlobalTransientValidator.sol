// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Writes a transient slot that all accounts share: OP-070
contract GlobalTransientValidator is ProbeValidator {
    address private transient locked;

    function _probe(address account) internal override {
        locked = account;
    }
}
