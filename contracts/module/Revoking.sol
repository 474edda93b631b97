// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyCore} from "../interfaces/ISessionKeyCore.sol";
import {Epochs} from "./Epochs.sol";

/// @title Revoke one key, or all
abstract contract Revoking is Epochs, ISessionKeyCore {
    /// @inheritdoc ISessionKeyCore
    function revoke(address account, bytes32 keyId) external override onlyAccountOrGuardian(account) {
        _revoke(account, keyId);
    }

    /// @inheritdoc ISessionKeyCore
    function revokeAll(address account) external override onlyAccountOrGuardian(account) {
        _setControl(account, _raisedEpoch(account, _controls[account]));
    }
}
