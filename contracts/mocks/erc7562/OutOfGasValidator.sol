// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Lets an inner call run out of gas and goes on: OP-020
contract OutOfGasValidator is ProbeValidator {
    function burn() external {
        while (true) kept[address(this)]++;
    }

    function _probe(address account) internal override {
        try this.burn{gas: 3_000}() {
            kept[account] = 1;
        } catch {
            kept[account] = 2;
        }
    }
}
