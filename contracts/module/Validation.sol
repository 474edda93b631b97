// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {ISessionKeyModule} from "../interfaces/ISessionKeyModule.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {OperationGas} from "../libraries/OperationGas.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Signers} from "../policy/Signers.sol";
import {Evaluation} from "./Evaluation.sol";

/// @title The bundler lane: an ERC-7579 validator
/// @notice Reads `userOp.signature` (docs/WIRE-FORMAT.md, `signature`), decides, checks the key's signature, and writes
/// the counters. Reads no clock, no balance and no storage but the account's own (ERC-7562).
abstract contract Validation is Evaluation, EIP712, IERC7579Validator {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev `SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)`.
    bytes32 private constant SESSION_OPERATION_TYPEHASH = keccak256(
        "SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
    );
    bytes4 private constant ERC1271_INVALID = 0xffffffff;
    uint256 private constant SIG_VALIDATION_FAILED = 1;

    /// @dev What is known of an operation once it is decided.
    struct Envelope {
        uint256 validAfter;
        uint256 validUntil;
        address signer;
        bytes32 keyId;
        KeySettings settings;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        override
        returns (uint256)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        Envelope memory envelope;
        Charges memory charges;
        (SessionKey storage key, bytes calldata header, bytes calldata evidence, bytes calldata keySignature) =
            _evaluate(userOp, msg.sender, envelope, charges);
        uint256 times = (envelope.validAfter << 208) | (envelope.validUntil << 160);
        bytes32 digest =
            _operationDigest(userOpHash, envelope.validAfter, envelope.validUntil, evidence.hash());
        if (!Signers.isValid(envelope.signer, digest, keySignature)) return times | SIG_VALIDATION_FAILED;
        _commit(charges, key, envelope.settings, msg.sender, envelope.keyId, header);
        return times;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure override returns (bytes4) {
        return ERC1271_INVALID;
    }

    /// @inheritdoc ISessionKeyModule
    function preview(PackedUserOperation calldata userOp) external view override returns (Preview memory result) {
        Envelope memory envelope;
        Charges memory charges;
        (, bytes calldata header,,) = _evaluate(userOp, userOp.sender, envelope, charges);
        result.keyId = envelope.keyId;
        result.validAfter = envelope.validAfter;
        result.validUntil = envelope.validUntil;
        _describe(result, charges, envelope.settings, userOp.sender, header);
    }

    /// @inheritdoc ISessionKeyModule
    function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes calldata evidence)
        external
        view
        override
        returns (bytes32)
    {
        return _operationDigest(userOpHash, validAfter, validUntil, evidence.hash());
    }

    /// @dev All of the decision but the signature.
    /// @return key where the key is stored.
    /// @return header of the policy.
    /// @return evidence what the key signs beside the operation's hash and window.
    /// @return keySignature the rest of `userOp.signature`.
    function _evaluate(
        PackedUserOperation calldata userOp,
        address account,
        Envelope memory envelope,
        Charges memory charges
    )
        private
        view
        returns (
            SessionKey storage key,
            bytes calldata header,
            bytes calldata evidence,
            bytes calldata keySignature
        )
    {
        uint256 leavesOffset;
        (header, evidence, keySignature, leavesOffset) = _open(userOp.signature, envelope);
        key = _keys[envelope.keyId][account];
        envelope.settings = _requireAlive(key, account, envelope.keyId);
        _requireWindow(envelope.settings, envelope.validAfter, envelope.validUntil);
        _evaluateCalls(charges, account, key.policyRoot, userOp.callData, header, evidence, leavesOffset);
        _chargeGas(charges, userOp, header);
        _weigh(
            charges,
            envelope.settings,
            key.usage,
            account,
            envelope.keyId,
            header,
            envelope.validAfter,
            envelope.validUntil
        );
    }

    /// @dev Reads the envelope up to the leaves.
    function _open(bytes calldata signature, Envelope memory envelope)
        private
        pure
        returns (bytes calldata header, bytes calldata evidence, bytes calldata keySignature, uint256 leavesOffset)
    {
        // Unchecked: offsets within a record whose length is a 16-bit number, plus one byte.
        unchecked {
            uint256 head = signature.word(0);
            uint256 evidenceLength = (head >> 160) & 0xffff;
            uint256 end = SIGNATURE_HEAD + evidenceLength;
            // A signature shorter than its head is shorter than what the head says, whatever is read there.
            if (signature.length < end) revert EvidenceMalformed(signature.length);
            evidence = signature.slice(SIGNATURE_HEAD, evidenceLength);
            keySignature = signature.slice(end, signature.length - end);

            uint256 signerLength = evidence.byteAt(0);
            uint256 headerOffset = signerLength + 3;
            uint256 headerLength = evidence.word(headerOffset - 2) >> 240;
            leavesOffset = headerOffset + headerLength;
            if (leavesOffset > evidenceLength) {
                revert EvidenceMalformed(
                    headerOffset > evidenceLength ? SIGNATURE_HEAD : SIGNATURE_HEAD + headerOffset - 2
                );
            }
            header = evidence.slice(headerOffset, headerLength);
            bytes calldata signer = evidence.slice(1, signerLength);
            envelope.validAfter = head >> 216;
            envelope.validUntil = (head >> 176) & 0xffffffffff;
            envelope.keyId = signer.hash();
            envelope.signer = Signers.toEoa(signer);
        }
    }

    /// @dev Who pays for gas, and what that charges: the account natively, a SPONSOR nothing, a TOKEN paymaster its
    /// token's meters.
    function _chargeGas(Charges memory charges, PackedUserOperation calldata userOp, bytes calldata header)
        private
        pure
    {
        bytes calldata paymasterAndData = userOp.paymasterAndData;
        if (paymasterAndData.length == 0) {
            charges.native = _saturatingAdd(charges.native, OperationGas.maxCost(userOp, 0));
            return;
        }
        if (paymasterAndData.length < OperationGas.PAYMASTER_DATA_OFFSET) revert PaymasterForbidden(address(0));
        (address paymaster, uint256 gasLimits, bytes calldata data) = OperationGas.paymasterParts(paymasterAndData);
        (uint256 mode, uint256 meterIndex, uint256 rate) = header.findPaymaster(paymaster, data);
        if (mode == 0) revert PaymasterForbidden(paymaster);
        if (mode != PolicyHeader.PAYMASTER_TOKEN) return;
        uint256 charge = _tokenCost(OperationGas.maxCost(userOp, gasLimits), rate);
        address token = header.meterToken(meterIndex);
        uint256 count = header.meterCount();
        for (uint256 i; i < count; ++i) {
            if (header.meterToken(i) == token) _chargeMeter(charges, i, charge);
        }
    }

    /// @dev `cost · rate / 1e18`, rounded up.
    function _tokenCost(uint256 cost, uint256 rate) private pure returns (uint256) {
        if (cost > type(uint128).max) return type(uint256).max;
        // Unchecked: two numbers below 2^128, then a quotient plus one.
        unchecked {
            uint256 product = cost * rate;
            return product / 1e18 + (product % 1e18 == 0 ? 0 : 1);
        }
    }

    function _operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        private
        view
        returns (bytes32)
    {
        return _hashTypedData(
            EfficientHashLib.hash(
                SESSION_OPERATION_TYPEHASH, userOpHash, bytes32(validAfter), bytes32(validUntil), evidenceHash
            )
        );
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("SessionKeyModule", "1");
    }
}
