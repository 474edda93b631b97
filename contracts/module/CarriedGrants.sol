// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeySubmittedGrants} from "../interfaces/ISessionKeySubmittedGrants.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PermissionList} from "../policy/PermissionList.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {Signers} from "../policy/Signers.sol";
import {SignedGrant} from "../policy/SignedGrant.sol";
import {Evaluation} from "./Evaluation.sol";
import {Operation} from "./Operation.sol";
import {OwnerSignatures} from "./OwnerSignatures.sol";
import {PolicyChecks} from "./PolicyChecks.sol";
import {UserOperations} from "./UserOperations.sol";
import {Validation} from "./Validation.sol";

/// @title Grants that the owner signed off chain
/// @notice A grant is carried by the key's first operation, before its evidence (`0x00 · grantLength (2) · grant`), or
/// submitted by anyone. It is good for one chain, module, account, key, epoch and serial each, and so for one use.
/// @dev An operation is evaluated as if the grant were stored already; it is, together with the counters, once the key's
/// signature holds. The dry run takes the same way and writes nothing.
abstract contract CarriedGrants is Validation, PolicyChecks, OwnerSignatures, ISessionKeySubmittedGrants {
    using CalldataWord for bytes;
    using SignedGrant for bytes;

    /// @dev 0x00 · grantLength 2.
    uint256 private constant GRANT_OFFSET = 3;

    /// @inheritdoc ISessionKeySubmittedGrants
    function grantSigned(address account, bytes calldata signer, bytes calldata header, bytes calldata signed)
        external
        override
        returns (bytes32 keyId)
    {
        keyId = signer.hash();
        if (_controls[account].isPaused()) revert AccountPaused(account);
        bytes32 root = _checkSigned(account, block.timestamp, block.timestamp, keyId, signer, header, signed);
        if (root != 0) _store(_keys[keyId][account], account, keyId, root, signer, header, signed);
    }

    // ------------------------------------------------------------------ carried by an operation

    /// @notice Where the module goes with an operation that carries a grant; called at the module's address like its own.
    /// @dev The key signs all of the evidence, the grant included.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        returns (uint256 validationData)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        Operation memory operation;
        operation.account = msg.sender;
        (SessionKey storage key,, bytes calldata header, bytes calldata keySignature) = _evaluate(operation, userOp);
        validationData = (operation.validAfter << 208) | (operation.validUntil << 160);
        if (_isSigned(operation, userOpHash, _evidenceOf(userOp), keySignature)) {
            _storeCarried(operation, key, userOp);
            _commit(operation, key, header);
        } else {
            validationData |= SIG_VALIDATION_FAILED;
        }
    }

    /// @inheritdoc UserOperations
    function _open(Operation memory operation, bytes calldata signature)
        internal
        view
        virtual
        override
        returns (bytes calldata evidence, bytes calldata header, bytes calldata keySignature, uint256 leavesOffset)
    {
        if (signature.byteAt(SIGNATURE_HEAD) != 0) return super._open(operation, signature);
        uint256 head = signature.word(0);
        uint256 end = SIGNATURE_HEAD + ((head >> 160) & 0xffff);
        if (end > signature.length) revert EvidenceMalformed(signature.length);
        operation.validAfter = head >> 216;
        operation.validUntil = (head >> 176) & 0xffffffffff;
        keySignature = signature.slice(end, signature.length - end);
        evidence = _admit(operation, signature.slice(SIGNATURE_HEAD, end - SIGNATURE_HEAD));
        (, header) = _parts(evidence);
        leavesOffset = HEADER_OFFSET + header.length;
    }

    /// @dev Reads the carried grant and holds it against every rule.
    /// @return inner the evidence behind it.
    function _admit(Operation memory operation, bytes calldata evidence) private view returns (bytes calldata inner) {
        if (evidence.length < GRANT_OFFSET) _revertSigner(evidence);
        bytes calldata signed;
        (signed, inner) = _split(evidence);
        if (inner.length < HEADER_OFFSET || inner.word(0) >> 240 != EOA_SIGNER) _revertSigner(inner);
        (bytes calldata signer, bytes calldata header) = _parts(inner);
        operation.signer = address(bytes20(signer[1:]));
        operation.keyId = signer.hash();
        (operation.settings,,) = signed.open();
        operation.grantedRoot =
            _checkSigned(operation.account, 0, operation.validUntil, operation.keyId, signer, header, signed);
    }

    /// @inheritdoc Evaluation
    function _settingsOf(Operation memory operation, SessionKey storage key)
        internal
        view
        virtual
        override
        returns (KeySettings)
    {
        return operation.grantedRoot == 0 ? key.settings : operation.settings;
    }

    /// @inheritdoc Evaluation
    function _policyRootOf(Operation memory operation, SessionKey storage key)
        internal
        view
        virtual
        override
        returns (bytes32)
    {
        return operation.grantedRoot == 0 ? key.policyRoot : operation.grantedRoot;
    }

    /// @dev Stores the grant, unless it is stored already.
    function _storeCarried(Operation memory operation, SessionKey storage key, PackedUserOperation calldata userOp)
        private
    {
        bytes32 root = operation.grantedRoot;
        if (root == 0) return;
        (bytes calldata signed, bytes calldata inner) = _split(_evidenceOf(userOp));
        (bytes calldata signer, bytes calldata header) = _parts(inner);
        _store(key, operation.account, operation.keyId, root, signer, header, signed);
    }

    /// @dev All of the evidence; {_open} has found that it lies within the signature.
    function _evidenceOf(PackedUserOperation calldata userOp) private pure returns (bytes calldata) {
        bytes calldata signature = CalldataWord.field(userOp, FIELD_SIGNATURE);
        return signature.slice(SIGNATURE_HEAD, (signature.word(0) >> 160) & 0xffff);
    }

    /// @dev Grant and evidence proper.
    function _split(bytes calldata evidence) private pure returns (bytes calldata signed, bytes calldata inner) {
        uint256 end = GRANT_OFFSET + uint16(bytes2(evidence[1:GRANT_OFFSET]));
        if (end > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + 1);
        return (evidence[GRANT_OFFSET:end], evidence[end:]);
    }

    /// @dev Signer and header of evidence that is long enough for its fixed part.
    function _parts(bytes calldata inner) private pure returns (bytes calldata signer, bytes calldata header) {
        signer = inner[1:1 + Signers.EOA_LENGTH];
        uint256 end = HEADER_OFFSET + uint16(bytes2(inner[HEADER_OFFSET - 2:HEADER_OFFSET]));
        if (end > inner.length) revert EvidenceMalformed(SIGNATURE_HEAD + HEADER_OFFSET - 2);
        header = inner[HEADER_OFFSET:end];
    }

    // ------------------------------------------------------------------ either way

    /// @dev Holds a signed grant against every rule, and the owner's signature by asking the account.
    /// @param time at which the key must not have ended; 0 where no clock can be read.
    /// @param latest until when the grant may be used this way.
    /// @return root what to store, or 0 if the very same grant is alive.
    function _checkSigned(
        address account,
        uint256 time,
        uint256 latest,
        bytes32 keyId,
        bytes calldata signer,
        bytes calldata header,
        bytes calldata signed
    ) private view returns (bytes32 root) {
        (KeySettings settings, bytes calldata permissions, bytes calldata ownerSignature) = signed.open();
        if (_isLive(account, keyId, settings, header, permissions)) return 0;
        if (latest > signed.deadline()) revert SignedGrantExpired(signed.deadline(), latest);
        root = _checkPolicyOf(
            account, time, signer, settings, header, permissions, _nextSerial(account, keyId)
        );
        SignedGrant.Entry memory entry = SignedGrant.entryOf(account, keyId, settings);
        entry.headerHash = header.hash();
        entry.permissionsHash = permissions.hash();
        _requireOwner(account, signed.digest(entry), ownerSignature, signed.entryCount());
    }

    /// @dev Whether the key has exactly this grant. Paused or not: what a paused key may do is for the evaluation to say.
    function _isLive(
        address account,
        bytes32 keyId,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions
    ) private view returns (bool) {
        SessionKey storage key = _keys[keyId][account];
        KeySettings stored = key.settings;
        if (!stored.isActive() || stored.epoch() != _controls[account].epoch()) return false;
        if (KeySettings.unwrap(stored.withPaused(false)) != KeySettings.unwrap(settings)) return false;
        bytes32 permissionsRoot = PermissionList.check(_CONDITION_ENGINE, permissions, header, settings, account);
        return PermissionTree.root(header.hash(), permissionsRoot) == key.policyRoot;
    }

    /// @dev The one serial that a grant may have. A live key that is paused takes none: its pause must not be got around.
    function _nextSerial(address account, bytes32 keyId) private view returns (uint256 serial) {
        KeySettings stored = _keys[keyId][account].settings;
        AccountControl control = _controls[account];
        if (stored.isActive() && stored.isPaused() && stored.epoch() == control.epoch()) revert KeyPaused(keyId);
        serial = stored.serial();
        if (serial == KeySettingsLib.MAX_SERIAL) revert SerialExhausted(keyId);
        ++serial;
    }

    function _store(
        SessionKey storage key,
        address account,
        bytes32 keyId,
        bytes32 root,
        bytes calldata signer,
        bytes calldata header,
        bytes calldata signed
    ) private {
        (KeySettings settings, bytes calldata permissions,) = signed.open();
        key.settings = settings;
        key.policyRoot = root;
        _announce(account, keyId, signer, settings, header, permissions);
    }

    /// @dev Copies in memory take one place on the stack each, where slices of calldata take two.
    function _announce(
        address account,
        bytes32 keyId,
        bytes memory signer,
        KeySettings settings,
        bytes memory header,
        bytes memory permissions
    ) private {
        emit KeyGranted(account, keyId, signer, settings, header, permissions);
    }
}
