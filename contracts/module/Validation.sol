// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {EIP712} from "solady/src/utils/EIP712.sol";
import {ISessionKeyModule} from "../interfaces/ISessionKeyModule.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {OperationGas} from "../libraries/OperationGas.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Signers} from "../policy/Signers.sol";
import {Evaluation} from "./Evaluation.sol";
import {Operation} from "./Operation.sol";

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

    /// @dev Head words of {PackedUserOperation}.
    uint256 private constant FIELD_INIT_CODE = 2;
    uint256 private constant FIELD_CALL_DATA = 3;
    uint256 private constant FIELD_PAYMASTER_AND_DATA = 7;
    uint256 private constant FIELD_SIGNATURE = 8;

    /// @dev The longest init code that carries no call: an address, or EIP-7702's `0x7702` padded to one.
    uint256 private constant INIT_MARKER = 20;
    /// @dev signerLength 1 · kind 1 of an EOA.
    uint256 private constant EOA_SIGNER = (Signers.EOA_LENGTH << 8) | Signers.KIND_EOA;
    /// @dev signerLength 1 · signer 21 · headerLength 2, within the evidence.
    uint256 private constant HEADER_OFFSET = 24;

    /// @inheritdoc IERC7579Validator
    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        override
        returns (uint256 validationData)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        Operation memory operation;
        operation.account = msg.sender;
        (SessionKey storage key, bytes calldata evidence, bytes calldata header, bytes calldata keySignature) =
            _evaluate(operation, userOp);
        validationData = (operation.validAfter << 208) | (operation.validUntil << 160);
        if (_isSigned(operation, userOpHash, evidence, keySignature)) _commit(operation, key, header);
        else validationData |= SIG_VALIDATION_FAILED;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure override returns (bytes4) {
        return ERC1271_INVALID;
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
        private
        pure
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
    function _revertSigner(bytes calldata evidence) private pure {
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

    function _operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        private
        view
        returns (bytes32)
    {
        bytes32 typeHash = SESSION_OPERATION_TYPEHASH;
        bytes32 structHash;
        // Assembly: `keccak256(abi.encode(…))` of five words, beyond the free pointer without moving it.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, typeHash)
            mstore(add(memory_, 32), userOpHash)
            mstore(add(memory_, 64), validAfter)
            mstore(add(memory_, 96), validUntil)
            mstore(add(memory_, 128), evidenceHash)
            structHash := keccak256(memory_, 160)
        }
        return _hashTypedData(structHash);
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("SessionKeyModule", "1");
    }
}
