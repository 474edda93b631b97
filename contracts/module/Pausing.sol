// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyAdministration} from "../interfaces/ISessionKeyAdministration.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyStore} from "./KeyStore.sol";

/// @title Pause and resume
abstract contract Pausing is KeyStore, ISessionKeyAdministration {
    /// @inheritdoc ISessionKeyAdministration
    function pause(address account, bytes32 keyId) external override onlyAccountOrGuardian(account) {
        _setPaused(account, keyId, true);
    }

    /// @inheritdoc ISessionKeyAdministration
    function resume(bytes32 keyId) external override {
        _setPaused(msg.sender, keyId, false);
    }

    /// @inheritdoc ISessionKeyAdministration
    function pauseAccount(address account) external override onlyAccountOrGuardian(account) {
        _setControl(account, _controls[account].withPaused(true));
        emit AccountPauseSet(account, true);
    }

    /// @inheritdoc ISessionKeyAdministration
    function resumeAccount() external override {
        _setControl(msg.sender, _controls[msg.sender].withPaused(false));
        emit AccountPauseSet(msg.sender, false);
    }

    function _setPaused(address account, bytes32 keyId, bool paused) private {
        SessionKey storage key = _keys[keyId][account];
        KeySettings settings = key.settings;
        if (!settings.isActive()) revert KeyNotGranted(keyId);
        _setSettings(key, account, settings.withPaused(paused));
        emit KeyPauseSet(account, keyId, paused);
    }
}
