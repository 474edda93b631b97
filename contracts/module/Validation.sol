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

    uint256 private constant SIG_VALIDATION_FAILED = 1;

    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function _validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        internal
        returns (uint256 validationData)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        Operation memory operation;
        operation.account = msg.sender;
        (SessionKey storage key, bytes calldata evidence, bytes calldata header, bytes calldata keySignature) =
            _evaluate(operation, userOp);
        validationData = (operation.validAfter << 208) | (operation.validUntil << 160);
        if (_isSigned(operation, userOpHash, _signedEvidence(userOp, evidence), keySignature)) {
            _storeCarried(operation, key, userOp);
            _commit(operation, key, header);
        } else {
            validationData |= SIG_VALIDATION_FAILED;
        }
    }

    /// @dev The evidence as the key signs it: all of it, a carried grant included.
    function _signedEvidence(PackedUserOperation calldata, bytes calldata evidence)
        internal
        pure
        virtual
        returns (bytes calldata)
    {
        return evidence;
    }

    /// @dev Stores the grant that the operation carries, if it does.
    function _storeCarried(Operation memory operation, SessionKey storage key, PackedUserOperation calldata userOp)
        internal
        virtual
    {}

    function _isSigned(
        Operation memory operation,
        bytes32 userOpHash,
        bytes calldata evidence,
        bytes calldata keySignature
    ) private view returns (bool) {
        bytes32 digest =
            _operationDigest(userOpHash, operation.validAfter, operation.validUntil, evidence.hash());
        return Signers.isValid(operation.signer, digest, keySignature);
    }
}
