// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Catches a plain revert, which is allowed
contract CaughtRevertValidator is ProbeValidator {
    function fail() external pure {
        revert("on purpose");
    }

    function _probe(address account) internal override {
        try this.fail() {
            kept[account] = 1;
        } catch {
            kept[account] = 2;
        }
    }
}
