// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "../interfaces/ISessionKeyAdministration.sol";
import {Signers} from "../policy/Signers.sol";
import {Epochs} from "./Epochs.sol";

/// @title The account's guardian, and a key that gives itself up
abstract contract Guarding is Epochs, ISessionKeyAdministration {
    /// @inheritdoc ISessionKeyAdministration
    function setGuardian(address guardian) external override {
        _setControl(msg.sender, _controls[msg.sender].withGuardian(guardian));
        emit GuardianSet(msg.sender, guardian);
    }

    /// @inheritdoc ISessionKeyAdministration
    function renounce(address account) external override {
        bytes32 keyId = keccak256(Signers.fromEoa(msg.sender));
        if (!_keys[keyId][account].settings.isActive()) revert KeyNotGranted(keyId);
        _revoke(account, keyId);
    }
}
