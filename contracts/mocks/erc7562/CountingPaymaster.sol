// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {AcceptingPaymaster} from "./AcceptingPaymaster.sol";

/// @title Counts in its own storage, which only a staked paymaster may: STO-031
contract CountingPaymaster is AcceptingPaymaster {
    uint256 private count;

    function validatePaymasterUserOp(PackedUserOperation calldata, bytes32, uint256)
        external
        override
        returns (bytes memory context, uint256 validationData)
    {
        ++count;
        return ("", 0);
    }
}
