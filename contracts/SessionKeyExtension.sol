// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {ISignedGrantsLink} from "./interfaces/ISignedGrantsLink.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {Delegating} from "./module/Delegating.sol";
import {Guarding} from "./module/Guarding.sol";
import {KeyViews} from "./module/KeyViews.sol";
import {SignedRevocations} from "./module/SignedRevocations.sol";
import {Updating} from "./module/Updating.sol";

/// @title The rarely called functions of {SessionKeyModule}
/// @notice Run by the module, in the module's storage. Called directly it works on its own storage, which means nothing to
/// anyone: no account asks it.
contract SessionKeyExtension is SignedRevocations, Updating, Guarding, KeyViews, Delegating, ISignedGrantsLink {
    address private immutable _SIGNED_GRANTS;

    /// @param signedGrants_ a {SignedGrantExtension}.
    constructor(address signedGrants_) ConditionHost(ISignedGrantsLink(signedGrants_).conditionEngine()) {
        _SIGNED_GRANTS = signedGrants_;
    }

    /// @inheritdoc ISignedGrantsLink
    function signedGrants() external view override returns (address) {
        return _SIGNED_GRANTS;
    }

    /// @inheritdoc ISignedGrantsLink
    function conditionEngine() external view override returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }

    /// @dev Every function of {SignedGrantExtension}; none of them takes value.
    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback() external {
        _delegate(_SIGNED_GRANTS);
    }
}
