// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {ProbeValidator} from "./ProbeValidator.sol";

/// @title Does everything that is allowed: the positive control
contract CleanValidator is ProbeValidator {
    using TransientSlot for bytes32;
    using TransientSlot for TransientSlot.Uint256Slot;

    struct Record {
        uint256 first;
        uint256 second;
        uint256 third;
    }

    mapping(bytes32 keyId => mapping(address account => Record)) private records;

    function _probe(address account) internal override {
        kept[account]++;
        Record storage record = records[keccak256("key")][account];
        record.first++;
        record.third = record.second + 1;

        TransientSlot.Uint256Slot slot = keccak256(abi.encode(account, uint256(7))).asUint256();
        slot.tstore(slot.tload() + 1);

        // precompiles 1 and 2, and a call with all gas to a contract that has code
        kept[account] = uint160(ecrecover(sha256("digest"), 27, bytes32(uint256(1)), bytes32(uint256(1))));
        kept[account] += this.isModuleType(1) ? 1 : 0;
        kept[account] += uint256(account.codehash) & 1;
    }
}
