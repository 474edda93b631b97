// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {ISessionKeyModule} from "../interfaces/ISessionKeyModule.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {OperationFields} from "../libraries/OperationFields.sol";
import {OperationGas} from "../libraries/OperationGas.sol";
import {Header, HeaderLib} from "../policy/Header.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {Signers} from "../policy/Signers.sol";
import {Evaluation} from "./Evaluation.sol";

/// @title The bundler lane: an ERC-7579 validator
/// @notice Reads `userOp.signature` (docs/WIRE-FORMAT.md, `signature`), decides, checks the key's signature, and writes
/// the counters. Reads no clock, no balance and no storage but the account's own (ERC-7562).
abstract contract Validation is Evaluation, EIP712, IERC7579Validator {
    using CalldataWord for bytes;

    /// @dev `SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)`.
    bytes32 private constant SESSION_OPERATION_TYPEHASH = keccak256(
        "SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
    );
    bytes4 private constant ERC1271_INVALID = 0xffffffff;
    uint256 private constant SIG_VALIDATION_FAILED = 1;

    /// @inheritdoc IERC7579Validator
    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        override
        returns (uint256)
    {
        if (!OperationFields.isSentBy(userOp, msg.sender)) revert CallerNotAllowed(userOp.sender, msg.sender);
        Operation memory operation;
        (address signer, bytes calldata header, bytes calldata evidence, bytes calldata keySignature) =
            _open(operation, OperationFields.signature(userOp));
        SessionKey storage key = _keys[operation.keyId][msg.sender];
        (KeySettings settings, uint256 calls) = _evaluate(operation, key, userOp, msg.sender, header, evidence);
        KeyUsage usage = _weigh(operation, calls, settings, key.usage, msg.sender, HeaderLib.locate(header));
        uint256 times = (operation.validAfter << 208) | (operation.validUntil << 160);
        bytes32 digest = _operationDigest(userOpHash, operation.validAfter, operation.validUntil, evidence.hash());
        if (!Signers.isValid(signer, digest, keySignature)) return times | SIG_VALIDATION_FAILED;
        _commit(operation, key, settings, usage, msg.sender, HeaderLib.locate(header));
        return times;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure override returns (bytes4) {
        return ERC1271_INVALID;
    }

    /// @inheritdoc ISessionKeyModule
    function preview(PackedUserOperation calldata userOp) external view override returns (Preview memory result) {
        Operation memory operation;
        (, bytes calldata header, bytes calldata evidence,) = _open(operation, OperationFields.signature(userOp));
        address account = userOp.sender;
        SessionKey storage key = _keys[operation.keyId][account];
        (KeySettings settings, uint256 calls) = _evaluate(operation, key, userOp, account, header, evidence);
        KeyUsage usage = _weigh(operation, calls, settings, key.usage, account, HeaderLib.locate(header));
        result.calls = calls;
        _describe(result, operation, settings, usage, account, HeaderLib.locate(header));
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

    /// @dev Steps 1 to 7: everything but the caps and the signature.
    function _evaluate(
        Operation memory operation,
        SessionKey storage key,
        PackedUserOperation calldata userOp,
        address account,
        bytes calldata header,
        bytes calldata evidence
    ) private view returns (KeySettings settings, uint256 calls) {
        settings = _requireAlive(key, account, operation.keyId);
        _requireWindow(settings, operation.validAfter, operation.validUntil);
        Header policy = HeaderLib.locate(header);
        uint256 meters = policy.meterCount();
        if (meters > 1) _openMeters(operation, meters);
        // Unchecked: the header lies in the evidence.
        unchecked {
            calls = _evaluateCalls(
                operation,
                account,
                key.policyRoot,
                OperationFields.callData(userOp),
                policy,
                header.hash(),
                evidence,
                evidence.offsetOf(header) + header.length
            );
        }
        // The calls have shown that the header is the policy's.
        if (policy.sections() != 0) _requirePinnedCode(bytes32(header.word(header.length - 32)), account);
        _chargeGas(operation, userOp, policy);
    }

    /// @dev Reads the envelope up to the leaves.
    function _open(Operation memory operation, bytes calldata signature)
        private
        pure
        returns (
            address signer,
            bytes calldata header,
            bytes calldata evidence,
            bytes calldata keySignature
        )
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
            if (headerOffset + headerLength > evidenceLength) {
                revert EvidenceMalformed(
                    headerOffset > evidenceLength ? SIGNATURE_HEAD : SIGNATURE_HEAD + headerOffset - 2
                );
            }
            header = evidence.slice(headerOffset, headerLength);
            bytes calldata signerBytes = evidence.slice(1, signerLength);
            operation.validAfter = head >> 216;
            operation.validUntil = (head >> 176) & 0xffffffffff;
            operation.keyId = signerBytes.hash();
            signer = Signers.toEoa(signerBytes);
        }
    }

    /// @dev Who pays for gas, and what that charges: the account natively, a SPONSOR nothing, a TOKEN paymaster its
    /// token's meters.
    function _chargeGas(Operation memory operation, PackedUserOperation calldata userOp, Header header)
        private
        pure
    {
        bytes calldata paymasterAndData = OperationFields.paymasterAndData(userOp);
        if (paymasterAndData.length != 0) return _chargePaymaster(operation, userOp, header, paymasterAndData);
        operation.native = _saturatingAdd(operation.native, OperationGas.maxCost(userOp, 0));
    }

    function _chargePaymaster(
        Operation memory operation,
        PackedUserOperation calldata userOp,
        Header header,
        bytes calldata paymasterAndData
    ) private pure {
        if (paymasterAndData.length < OperationGas.PAYMASTER_DATA_OFFSET) revert PaymasterForbidden(address(0));
        (address paymaster, uint256 gasLimits, bytes calldata data) = OperationGas.paymasterParts(paymasterAndData);
        (uint256 mode, uint256 meterIndex, uint256 rate) = header.findPaymaster(paymaster, data);
        if (mode == 0) revert PaymasterForbidden(paymaster);
        if (mode != HeaderLib.PAYMASTER_TOKEN) return;
        uint256 charge = _tokenCost(OperationGas.maxCost(userOp, gasLimits), rate);
        address token = header.meterToken(meterIndex);
        uint256 count = header.meterCount();
        for (uint256 i; i < count; ++i) {
            if (header.meterToken(i) == token) _chargeMeter(operation, i, charge);
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
