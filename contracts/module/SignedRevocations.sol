// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeySignedRevocations} from "../interfaces/ISessionKeySignedRevocations.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {OwnerRoute} from "../policy/OwnerRoute.sol";
import {SignedGrant} from "../policy/SignedGrant.sol";
import {Epochs} from "./Epochs.sol";
import {OwnerSignatures} from "./OwnerSignatures.sol";

/// @title Revocations that the owner signed off chain, and the route to the owner
abstract contract SignedRevocations is Epochs, OwnerSignatures, ISessionKeySignedRevocations {
    /// @inheritdoc ISessionKeySignedRevocations
    function setOwnerRoute(bytes calldata route) external override {
        _setOwnerRoute(route);
    }

    /// @inheritdoc ISessionKeySignedRevocations
    function ownerRoute(address account) external view override returns (bool isSet, bytes memory route) {
        OwnerRoute stored = _ownerRoutes[account];
        return (stored.isSet(), stored.toBytes());
    }

    /// @inheritdoc ISessionKeySignedRevocations
    /// @dev A live grant can be revoked, and one that is still to come; what neither is was revoked or burned before.
    function revokeSigned(
        address account,
        bytes32 keyId,
        uint256 epoch,
        uint256 serial,
        bytes calldata ownerSignature
    ) external override {
        KeySettings settings = _keys[keyId][account].settings;
        uint256 current = settings.serial();
        uint256 currentEpoch = _controls[account].epoch();
        bool reaches = serial == current + 1 || (serial == current && settings.isActive());
        if (epoch != currentEpoch || !reaches) revert RevocationOutdated(epoch, serial, currentEpoch, current);
        _requireOwner(account, SignedGrant.revocationDigest(account, keyId, epoch, serial), ownerSignature, 1);
        _revoke(account, keyId);
    }
}
