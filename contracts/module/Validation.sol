// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {CosignSection} from "../policy/CosignSection.sol";
import {Cosigning} from "./Cosigning.sol";
import {EXTRA_FRAME, Operation} from "./Operation.sol";
import {OperationDigest} from "./OperationDigest.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The bundler lane: an ERC-7579 validator
/// @notice Decides, checks the key's signature, and writes the counters. Reads no clock, no balance and no storage but the
/// account's own (ERC-7562).
abstract contract Validation is UserOperations, OperationDigest, Cosigning {
    using CalldataWord for bytes;
    using CosignSection for bytes;

    uint256 private constant SIG_VALIDATION_FAILED = 1;

    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    /// @param extras what is known of the operation: EXTRA_… bits.
    function _validate(PackedUserOperation calldata userOp, bytes32 userOpHash, uint256 extras)
        internal
        returns (uint256 validationData)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        Operation memory operation;
        operation.account = msg.sender;
        operation.extras = extras;
        (SessionKey storage key, bytes calldata evidence, bytes calldata header, bytes calldata keySignature) =
            _evaluate(operation, userOp);
        bytes32 digest = evidence.hash();
        bool valid;
        if (header.isPresent()) {
            valid = _areSigned(operation, userOpHash, digest, header, keySignature);
        } else {
            digest = _operationDigest(userOpHash, operation.validAfter, operation.validUntil, digest);
            valid = _isSigned(operation, digest, keySignature);
        }
        validationData = (operation.validAfter << 208) | (operation.validUntil << 160);
        if (valid) {
            _commit(operation, key, header);
        } else {
            validationData |= SIG_VALIDATION_FAILED;
            // Such an operation never lands, but its calls are run to estimate their gas, and a frame among them is opened.
            if (operation.extras & EXTRA_FRAME != 0) _stageFrame(operation, key.policyRoot, header);
        }
    }

    /// @dev Whether the key has signed `digest`.
    function _isSigned(Operation memory operation, bytes32 digest, bytes calldata keySignature)
        internal
        view
        virtual
        returns (bool);

    /// @dev Step 9. What is wrong with a co-signature reverts with its error only beside a signature that is the key's: with
    /// stubs, as bundlers estimate with, validation returns SIG_VALIDATION_FAILED as it does without a co-signer. The key's
    /// verifier is asked once: asked again, it could say something else.
    /// @param signatures the key's, and the co-signer's behind it.
    /// @return whether the key has signed, and the co-signer where it must have.
    function _areSigned(
        Operation memory operation,
        bytes32 userOpHash,
        bytes32 evidenceHash,
        bytes calldata header,
        bytes calldata signatures
    ) internal view virtual returns (bool);
}
