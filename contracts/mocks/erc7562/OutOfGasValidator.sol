// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Lets an inner call run out of gas and goes on: OP-020
contract OutOfGasValidator is ProbeValidator {
    function burn(address account) external {
        while (true) kept[account]++;
    }

    function _probe(address account) internal override {
        try this.burn{gas: 3_000}(account) {
            kept[account] = 1;
        } catch {
            kept[account] = 2;
        }
    }
}
