// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Writes the transient slot `keccak256(account · 1) + offset`, for which the storage rules hold
contract TransientOffsetValidator is ProbeValidator {
    using TransientSlot for bytes32;
    using TransientSlot for TransientSlot.Uint256Slot;

    uint256 private immutable OFFSET;

    constructor(uint256 offset) {
        OFFSET = offset;
    }

    function _probe(address account) internal override {
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(account, uint256(1)))) + OFFSET);
        slot.asUint256().tstore(1);
    }
}
