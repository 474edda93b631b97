// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeySignedGrants} from "../interfaces/ISessionKeySignedGrants.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PermissionList} from "../policy/PermissionList.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {SignedGrant} from "../policy/SignedGrant.sol";
import {OwnerSignatures} from "./OwnerSignatures.sol";
import {PolicyChecks} from "./PolicyChecks.sol";

/// @title Grants that the owner signed off chain
/// @notice A grant is carried by the key's first operation, in front of its evidence, or submitted by anyone. It is good for
/// one chain, module, account, key, epoch and serial each, and so for one use.
abstract contract SignedGrants is PolicyChecks, OwnerSignatures, ISessionKeySignedGrants {
    using CalldataWord for bytes;
    using SignedGrant for bytes;

    /// @inheritdoc ISessionKeySignedGrants
    function grantSigned(address account, bytes calldata signer, bytes calldata header, bytes calldata signed)
        external
        override
        returns (bytes32 keyId)
    {
        keyId = signer.hash();
        if (_controls[account].isPaused()) revert AccountPaused(account);
        bytes32 root = _checkSigned(account, block.timestamp, block.timestamp, keyId, signer, header, signed);
        if (root != 0) _store(account, keyId, root, signer, header, signed);
    }

    /// @notice Stores the grant that an operation carries, before the operation is held to it.
    /// @dev The module comes here with the call data of its own `validateUserOp`, and goes on with what is stored; a broken
    /// rule of the operation reverts both, and so does the EntryPoint where the key's signature, which is over the grant
    /// too, does not hold. Reads no clock: the operation's window ends at the grant's deadline at the latest.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32) external returns (uint256) {
        bytes calldata signature = CalldataWord.signature(userOp);
        (bytes calldata signed, bytes calldata signer, bytes calldata header) = SessionSignature.openCarried(signature);
        bytes32 keyId = signer.hash();
        bytes32 root = _checkSigned(
            userOp.sender, 0, SessionSignature.validUntil(signature), keyId, signer, header, signed
        );
        if (root != 0) _store(userOp.sender, keyId, root, signer, header, signed);
        return 0;
    }

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
        bytes32 permissionsRoot =
            PermissionList.check(_CONDITION_ENGINE, _FRAMES, permissions, header, settings, account);
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
        address account,
        bytes32 keyId,
        bytes32 root,
        bytes calldata signer,
        bytes calldata header,
        bytes calldata signed
    ) private {
        (KeySettings settings, bytes calldata permissions,) = signed.open();
        SessionKey storage key = _keys[keyId][account];
        key.policyRoot = root;
        _setSettings(key, account, settings);
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
