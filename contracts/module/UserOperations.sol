// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {OperationGas} from "../libraries/OperationGas.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Signers} from "../policy/Signers.sol";
import {Evaluation} from "./Evaluation.sol";
import {Operation} from "./Operation.sol";

/// @title The rule engine over a user operation
/// @notice Opens `userOp.signature` (docs/WIRE-FORMAT.md, `signature`) and decides all but the key's signature. The bundler
/// lane enforces it, the dry run tells it.
abstract contract UserOperations is Evaluation {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev Head words of {PackedUserOperation}.
    uint256 private constant FIELD_INIT_CODE = 2;
    uint256 private constant FIELD_CALL_DATA = 3;
    uint256 private constant FIELD_PAYMASTER_AND_DATA = 7;
    uint256 internal constant FIELD_SIGNATURE = 8;

    /// @dev The longest init code that carries no call: an address, or EIP-7702's `0x7702` padded to one.
    uint256 private constant INIT_MARKER = 20;
    /// @dev signerLength 1 · kind 1 of an EOA.
    uint256 internal constant EOA_SIGNER = (Signers.EOA_LENGTH << 8) | Signers.KIND_EOA;
    /// @dev signerLength 1 · signer 21 · headerLength 2, within the evidence.
    uint256 internal constant HEADER_OFFSET = 24;

    /// @dev All of the decision but the signature; fills `operation`, whose account is set.
    function _evaluate(Operation memory operation, PackedUserOperation calldata userOp)
        internal
        view
        returns (
            SessionKey storage key,
            bytes calldata evidence,
            bytes calldata header,
            bytes calldata keySignature
        )
    {
        // An account whose key lives exists already, so init code could only be the marker of EIP-7702; with more behind
        // it, the EntryPoint has the account called with bytes that no permission covers.
        uint256 initLength = CalldataWord.fieldLength(userOp, FIELD_INIT_CODE);
        if (initLength > INIT_MARKER) revert InitCodeForbidden(initLength);
        uint256 leavesOffset;
        (evidence, header, keySignature, leavesOffset) = _open(operation, CalldataWord.field(userOp, FIELD_SIGNATURE));
        key = _keys[operation.keyId][operation.account];
        _requireAlive(operation, key);
        _evaluateCalls(operation, key, CalldataWord.field(userOp, FIELD_CALL_DATA), header, evidence, leavesOffset);
        _chargeGas(operation, userOp, header);
        _weigh(operation, key.usage, header);
    }

    /// @dev Reads what stands before the leaves.
    function _open(Operation memory operation, bytes calldata signature)
        internal
        view
        virtual
        returns (bytes calldata evidence, bytes calldata header, bytes calldata keySignature, uint256 leavesOffset)
    {
        uint256 head = signature.word(0);
        // Unchecked: offsets within a record whose lengths are 16-bit numbers.
        unchecked {
            uint256 evidenceLength = (head >> 160) & 0xffff;
            uint256 evidenceEnd = SIGNATURE_HEAD + evidenceLength;
            if (evidenceEnd > signature.length) revert EvidenceMalformed(signature.length);
            evidence = signature.slice(SIGNATURE_HEAD, evidenceLength);
            keySignature = signature.slice(evidenceEnd, signature.length - evidenceEnd);
            operation.validAfter = head >> 216;
            operation.validUntil = (head >> 176) & 0xffffffffff;

            // The one signer kind so far has one length.
            if (evidence.word(0) >> 240 != EOA_SIGNER) _revertSigner(evidence);
            bytes calldata signer = evidence.slice(1, Signers.EOA_LENGTH);
            operation.signer = address(uint160(evidence.word(0) >> 80));
            operation.keyId = signer.hash();
            uint256 headerLength = evidence.word(HEADER_OFFSET - 2) >> 240;
            header = evidence.slice(HEADER_OFFSET, headerLength);
            leavesOffset = HEADER_OFFSET + headerLength;
            if (leavesOffset > evidenceLength) {
                revert EvidenceMalformed(SIGNATURE_HEAD + (evidenceLength < HEADER_OFFSET ? 0 : HEADER_OFFSET - 2));
            }
        }
    }

    /// @dev Why the evidence does not begin with an EOA signer.
    function _revertSigner(bytes calldata evidence) internal pure {
        uint256 length = evidence.byteAt(0);
        if (1 + length > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD);
        revert SignerMalformed(evidence.slice(1, length));
    }

    /// @dev Who pays for gas, and what that charges: the account natively, a SPONSOR nothing, a TOKEN paymaster its
    /// token's meters.
    function _chargeGas(Operation memory operation, PackedUserOperation calldata userOp, bytes calldata header)
        private
        pure
    {
        bytes calldata paymasterAndData = CalldataWord.field(userOp, FIELD_PAYMASTER_AND_DATA);
        if (paymasterAndData.length == 0) {
            operation.native = _saturatingAdd(operation.native, OperationGas.maxCost(userOp, 0));
        } else {
            _chargePaymaster(operation, userOp, paymasterAndData, header);
        }
    }

    function _chargePaymaster(
        Operation memory operation,
        PackedUserOperation calldata userOp,
        bytes calldata paymasterAndData,
        bytes calldata header
    ) private pure {
        if (paymasterAndData.length < OperationGas.PAYMASTER_DATA_OFFSET) revert PaymasterForbidden(address(0));
        (address paymaster, uint256 gasLimits, bytes calldata data) = OperationGas.paymasterParts(paymasterAndData);
        (uint256 mode, uint256 meterIndex, uint256 rate) = header.findPaymaster(paymaster, data);
        if (mode == 0) revert PaymasterForbidden(paymaster);
        if (mode != PolicyHeader.PAYMASTER_TOKEN) return;
        uint256 charge = OperationGas.tokenCost(OperationGas.maxCost(userOp, gasLimits), rate);
        _chargeToken(operation, header, header.meterToken(meterIndex), charge);
    }
}
