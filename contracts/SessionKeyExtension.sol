// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CarriedGrants} from "./module/CarriedGrants.sol";
import {Evaluation} from "./module/Evaluation.sol";
import {Guarding} from "./module/Guarding.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {Operation} from "./module/Operation.sol";
import {Previewing} from "./module/Previewing.sol";
import {Updating} from "./module/Updating.sol";
import {UserOperations} from "./module/UserOperations.sol";
import {KeySettings} from "./policy/KeySettings.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is Previewing, CarriedGrants, Updating, Guarding, KeyViews {
    /// @inheritdoc CarriedGrants
    function _unwrap(Operation memory operation, bytes calldata evidence)
        internal
        view
        override(UserOperations, CarriedGrants)
        returns (bytes calldata)
    {
        return CarriedGrants._unwrap(operation, evidence);
    }

    /// @inheritdoc CarriedGrants
    function _settingsOf(Operation memory operation, SessionKey storage key)
        internal
        view
        override(Evaluation, CarriedGrants)
        returns (KeySettings)
    {
        return CarriedGrants._settingsOf(operation, key);
    }

    /// @inheritdoc CarriedGrants
    function _policyRootOf(Operation memory operation, SessionKey storage key)
        internal
        view
        override(Evaluation, CarriedGrants)
        returns (bytes32)
    {
        return CarriedGrants._policyRootOf(operation, key);
    }
}
