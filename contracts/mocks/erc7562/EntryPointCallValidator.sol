// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IEntryPointStake} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Asks an EntryPoint for a deposit: OP-054
contract EntryPointCallValidator is ProbeValidator {
    IEntryPointStake private immutable ENTRY_POINT;

    constructor(IEntryPointStake entryPoint) {
        ENTRY_POINT = entryPoint;
    }

    function _probe(address account) internal override {
        kept[account] = ENTRY_POINT.balanceOf(account);
    }
}
