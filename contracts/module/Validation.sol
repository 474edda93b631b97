// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
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

    /// @dev What `userOp.signature` is made of. Offsets count within `evidence`.
    struct Envelope {
        uint256 validAfter;
        uint256 validUntil;
        address signer;
        bytes32 keyId;
        KeySettings settings;
        uint256 leavesOffset;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        override
        returns (uint256)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        (Envelope memory envelope, Charges memory charges, bytes calldata evidence, bytes calldata header) =
            _evaluate(userOp);
        uint256 failure = _isSigned(userOp.signature, userOpHash, envelope, evidence) ? 0 : SIG_VALIDATION_FAILED;
        if (failure == 0) _commit(charges, envelope.settings, msg.sender, envelope.keyId, header);
        return (envelope.validAfter << 208) | (envelope.validUntil << 160) | failure;
    }

    /// @inheritdoc IERC7579Validator
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure override returns (bytes4) {
        return ERC1271_INVALID;
    }

    /// @inheritdoc ISessionKeyModule
    function preview(PackedUserOperation calldata userOp) external view override returns (Preview memory result) {
        (Envelope memory envelope, Charges memory charges,, bytes calldata header) = _evaluate(userOp);
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
    function _evaluate(PackedUserOperation calldata userOp)
        private
        view
        returns (Envelope memory envelope, Charges memory charges, bytes calldata evidence, bytes calldata header)
    {
        address account = userOp.sender;
        (envelope, evidence, header) = _open(userOp.signature, account);
        SessionKey storage key = _keys[envelope.keyId][account];
        _evaluateCalls(
            charges, account, key.policyRoot, userOp.callData, header, evidence, envelope.leavesOffset
        );
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

    /// @dev Reads the envelope up to the leaves, and holds key and window (steps 1 and 2).
    function _open(bytes calldata signature, address account)
        private
        view
        returns (Envelope memory envelope, bytes calldata evidence, bytes calldata header)
    {
        if (signature.length < SIGNATURE_HEAD) revert EvidenceMalformed(signature.length);
        uint256 head = signature.word(0);
        uint256 evidenceLength = (head >> 160) & 0xffff;
        // Unchecked: offsets within a record whose length is a 16-bit number, plus one byte.
        unchecked {
            if (signature.length < SIGNATURE_HEAD + evidenceLength) revert EvidenceMalformed(signature.length);
            evidence = signature.slice(SIGNATURE_HEAD, evidenceLength);
            uint256 signerLength = evidence.byteAt(0);
            uint256 headerOffset = signerLength + 3;
            if (headerOffset > evidenceLength) revert EvidenceMalformed(SIGNATURE_HEAD);
            bytes calldata signer = evidence.slice(1, signerLength);
            uint256 headerLength = evidence.word(headerOffset - 2) >> 240;
            if (headerOffset + headerLength > evidenceLength) {
                revert EvidenceMalformed(SIGNATURE_HEAD + headerOffset - 2);
            }
            header = evidence.slice(headerOffset, headerLength);
            envelope.validAfter = head >> 216;
            envelope.validUntil = (head >> 176) & 0xffffffffff;
            envelope.leavesOffset = headerOffset + headerLength;
            envelope.keyId = signer.hash();
            envelope.signer = Signers.toEoa(signer);
        }
        envelope.settings = _requireAlive(account, envelope.keyId);
        _requireWindow(envelope.settings, envelope.validAfter, envelope.validUntil);
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
        for (uint256 i; i < charges.meters.length; ++i) {
            if (header.meterToken(i) == token) charges.meters[i] = _saturatingAdd(charges.meters[i], charge);
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

    function _isSigned(
        bytes calldata signature,
        bytes32 userOpHash,
        Envelope memory envelope,
        bytes calldata evidence
    ) private view returns (bool) {
        uint256 start = SIGNATURE_HEAD + evidence.length;
        return Signers.isValid(
            envelope.signer,
            _operationDigest(userOpHash, envelope.validAfter, envelope.validUntil, evidence.hash()),
            signature.slice(start, signature.length - start)
        );
    }

    function _operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        private
        view
        returns (bytes32)
    {
        return _hashTypedData(
            keccak256(abi.encode(SESSION_OPERATION_TYPEHASH, userOpHash, validAfter, validUntil, evidenceHash))
        );
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("SessionKeyModule", "1");
    }
}
