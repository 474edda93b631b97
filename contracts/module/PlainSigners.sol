// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {CosignSection} from "../policy/CosignSection.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {SignerLib} from "../policy/Signer.sol";
import {Signers} from "../policy/Signers.sol";
import {Operation} from "./Operation.sol";
import {PlainRules} from "./PlainRules.sol";
import {UserOperations} from "./UserOperations.sol";
import {Validation} from "./Validation.sol";

/// @title Operations of EOAs, and their co-signatures by EOAs
/// @notice Where a verifier checks either, and where something is wrong with a co-signature, {FullValidation} says.
abstract contract PlainSigners is Validation, PlainRules {
    using CalldataWord for bytes;
    using CosignSection for bytes;

    /// @inheritdoc UserOperations
    function _openOther(Operation memory operation, bytes calldata evidence)
        internal
        view
        override
        returns (bytes calldata header, uint256 leavesOffset)
    {
        if (evidence.byteAt(0) != 0) _leaveToExtension();
        // Unchecked: offsets within a record whose lengths are 16-bit numbers.
        unchecked {
            uint256 start = _admitGrant(operation, evidence);
            uint256 word = evidence.word(start);
            if (word >> 240 != Signers.EOA_SIGNER) _leaveToExtension();
            bytes calldata signer = evidence.slice(start + 1, Signers.EOA_LENGTH);
            operation.signer = SignerLib.ofEoa(address(uint160(word >> 80)));
            operation.keyId = signer.hash();
            start += SessionSignature.HEADER_OFFSET;
            uint256 headerLength = evidence.word(start - 2) >> 240;
            header = evidence.slice(start, headerLength);
            leavesOffset = start + headerLength;
            if (leavesOffset > evidence.length) SessionSignature.revertHeader(evidence, start);
        }
    }

    /// @inheritdoc Validation
    function _isSigned(Operation memory operation, bytes32 digest, bytes calldata keySignature)
        internal
        view
        override
        returns (bool)
    {
        return Signers.isEoas(operation.signer.addr(), digest, keySignature);
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
        if (_saysLength(operation, header, start)) _leaveToExtension();
        uint256 length = signatures.length < KEY_SIGNATURE_LENGTH ? signatures.length : KEY_SIGNATURE_LENGTH;
        bool cosigned = passed == 0
            ? signatures.length <= KEY_SIGNATURE_LENGTH
            : _isCosignedByEoa(header.cosignerEoa(start), codigest, _behind(signatures, KEY_SIGNATURE_LENGTH));
        valid = _isSigned(operation, digest, signatures.slice(0, length));
        if (valid && !cosigned) _leaveToExtension();
    }
}
