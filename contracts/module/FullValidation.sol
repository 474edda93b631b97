// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Signers} from "../policy/Signers.sol";
import {AnySigners} from "./AnySigners.sol";
import {EXTRA_CARRIED, Operation} from "./Operation.sol";
import {Previewing} from "./Previewing.sol";
import {Validation} from "./Validation.sol";

/// @title The bundler lane of operations that need rules which the module has no room for
/// @notice The module comes here with the call data of its own `validateUserOp`: for what is rare, and for what is wrong
/// with a co-signature.
abstract contract FullValidation is Previewing, AnySigners, Validation {
    using CalldataWord for bytes;

    /// @notice See {IERC7579Validator-validateUserOp}.
    /// @dev A carried grant has been stored by then.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash) external returns (uint256) {
        return _validate(userOp, userOpHash, EXTRA_CARRIED);
    }

    /// @inheritdoc Validation
    function _isSigned(Operation memory operation, bytes32 digest, bytes calldata keySignature)
        internal
        view
        override
        returns (bool)
    {
        return Signers.isValid(operation.signer, digest, keySignature);
    }

    /// @inheritdoc Validation
    function _areSigned(
        Operation memory operation,
        bytes32 userOpHash,
        bytes32 evidenceHash,
        bytes calldata header,
        bytes calldata signatures
    ) internal view override returns (bool valid) {
        (bytes32 digest, bytes32 codigest) =
            _digests(userOpHash, operation.validAfter, operation.validUntil, evidenceHash);
        (uint256 passed, uint256 start) = _findPassed(operation, header);
        bytes calldata keySignature;
        bytes calldata cosignature;
        if (_saysLength(operation, header, start)) {
            (keySignature, cosignature) = _split(signatures);
        } else {
            uint256 length = signatures.length < KEY_SIGNATURE_LENGTH ? signatures.length : KEY_SIGNATURE_LENGTH;
            keySignature = signatures.slice(0, length);
            cosignature = _behind(signatures, length);
        }
        bool cosigned = passed == 0 ? cosignature.length == 0 : _isCosigned(header, start, codigest, cosignature);
        valid = _isSigned(operation, digest, keySignature);
        if (valid && !cosigned) _revertCosignature(operation, header, passed, codigest, cosignature);
    }
}
