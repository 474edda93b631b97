// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {StorageSlot} from "@openzeppelin/contracts/utils/StorageSlot.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Writes the slot `keccak256(account · 1) + offset`, which is associated with the account up to 127
contract OffsetValidator is ProbeValidator {
    uint256 private immutable OFFSET;

    constructor(uint256 offset) {
        OFFSET = offset;
    }

    function _probe(address account) internal override {
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(account, uint256(1)))) + OFFSET);
        StorageSlot.getUint256Slot(slot).value++;
    }
}
