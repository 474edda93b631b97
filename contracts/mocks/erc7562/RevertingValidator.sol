// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Refuses every operation: the EntryPoint never gets past validation
contract RevertingValidator is ProbeValidator {
    error Refused(address account);

    /// @dev The condition only keeps the compiler from calling the base's code unreachable.
    function _probe(address account) internal pure override {
        if (account != address(0)) revert Refused(account);
    }
}
