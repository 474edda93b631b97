// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Signers} from "../policy/Signers.sol";
import {Operation} from "./Operation.sol";
import {OperationDigest} from "./OperationDigest.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The bundler lane
/// @notice Decides, checks the key's signature, and writes the counters. Reads no clock, no balance and no storage but the
/// account's own (ERC-7562).
abstract contract Validation is UserOperations, OperationDigest {
    using CalldataWord for bytes;

    uint256 internal constant SIG_VALIDATION_FAILED = 1;

    function _isSigned(
        Operation memory operation,
        bytes32 userOpHash,
        bytes calldata evidence,
        bytes calldata keySignature
    ) internal view returns (bool) {
        bytes32 digest =
            _operationDigest(userOpHash, operation.validAfter, operation.validUntil, evidence.hash());
        return Signers.isValid(operation.signer, digest, keySignature);
    }
}
