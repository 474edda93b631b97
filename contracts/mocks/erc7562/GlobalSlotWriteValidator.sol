// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Writes a slot that all accounts share: STO-021
contract GlobalSlotWriteValidator is ProbeValidator {
    uint256 private shared;

    function _probe(address account) internal override {
        shared = uint160(account);
    }
}
