// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {OperationGas} from "../libraries/OperationGas.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {SignerLib} from "../policy/Signer.sol";
import {Signers} from "../policy/Signers.sol";
import {Evaluation} from "./Evaluation.sol";
import {EXTRA_CALLS, EXTRA_CEILINGS, EXTRA_FRAME, Operation} from "./Operation.sol";

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

    /// @dev The longest init code that carries no call: an address, or EIP-7702's `0x7702` padded to one.
    uint256 private constant INIT_MARKER = 20;

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
        (evidence, header, keySignature, leavesOffset) = _open(operation, CalldataWord.signature(userOp));
        key = _keys[operation.keyId][operation.account];
        _requireAlive(operation, key);
        {
            (bytes calldata executions, uint256 count, uint256 next) =
                ExecutionDecoder.open(CalldataWord.field(userOp, FIELD_CALL_DATA), header);
            if (operation.extras & EXTRA_FRAME != 0) {
                (executions, count, next) = _openFrame(operation, executions, count, next, header);
            }
            _evaluateCalls(operation, key, executions, count, next, header, evidence, leavesOffset);
            if (operation.extras & EXTRA_CALLS != 0) _inspectCalls(operation, executions, count, next, header);
        }
        _chargeGas(operation, userOp, header);
        _weigh(operation, key.usage, header);
    }

    /// @dev Reads what stands before the leaves.
    function _open(Operation memory operation, bytes calldata signature)
        internal
        view
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

            // An EOA's operation, which most are, has everything in one place.
            if (evidence.word(0) >> 240 == Signers.EOA_SIGNER) {
                bytes calldata signer = evidence.slice(1, Signers.EOA_LENGTH);
                operation.signer = SignerLib.ofEoa(address(uint160(evidence.word(0) >> 80)));
                operation.keyId = signer.hash();
                uint256 headerLength = evidence.word(SessionSignature.HEADER_OFFSET - 2) >> 240;
                header = evidence.slice(SessionSignature.HEADER_OFFSET, headerLength);
                leavesOffset = SessionSignature.HEADER_OFFSET + headerLength;
                if (leavesOffset > evidenceLength) {
                    SessionSignature.revertHeader(evidence, SessionSignature.HEADER_OFFSET);
                }
            } else {
                (header, leavesOffset) = _openOther(operation, evidence);
            }
        }
    }

    /// @dev The same of evidence that does not begin with an EOA: of any signer, and behind a carried grant.
    function _openOther(Operation memory operation, bytes calldata evidence)
        internal
        view
        virtual
        returns (bytes calldata header, uint256 leavesOffset);

    /// @dev The evidence begins with a carried grant: its length, now that it is stored. Reverts where none is taken.
    function _admitGrant(Operation memory operation, bytes calldata evidence) internal view virtual returns (uint256);

    /// @dev Who pays for gas, and what that charges: the account natively, a SPONSOR nothing, a TOKEN paymaster its
    /// token's meters.
    function _chargeGas(Operation memory operation, PackedUserOperation calldata userOp, bytes calldata header)
        private
        view
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
    ) private view {
        if (paymasterAndData.length < OperationGas.PAYMASTER_DATA_OFFSET) revert PaymasterForbidden(address(0));
        (address paymaster, uint256 gasLimits, bytes calldata data) = OperationGas.paymasterParts(paymasterAndData);
        (uint256 mode, uint256 meterIndex, uint256 rate) = header.findPaymaster(paymaster, data);
        if (mode == 0) revert PaymasterForbidden(paymaster);
        if (mode != PolicyHeader.PAYMASTER_TOKEN) return;
        uint256 charge = OperationGas.tokenCost(OperationGas.maxCost(userOp, gasLimits), rate);
        address token = header.meterToken(meterIndex);
        _chargeToken(operation, header, token, charge);
        if (operation.extras & EXTRA_CEILINGS != 0) _chargeCeiling(operation, token, charge);
    }
}
