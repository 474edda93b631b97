// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISignedGrantsLink} from "./interfaces/ISignedGrantsLink.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {Delegating} from "./module/Delegating.sol";
import {Granting} from "./module/Granting.sol";
import {Installation} from "./module/Installation.sol";
import {Pausing} from "./module/Pausing.sol";
import {Revoking} from "./module/Revoking.sol";
import {ValidatorModule} from "./module/ValidatorModule.sol";

/// @title Session keys for ERC-7579 accounts
/// @notice Wires the concerns together and holds nothing of its own. No owner, no proxy, no upgrade key: the same code at
/// the same address on every chain. What is called rarely lives in {SessionKeyExtension} and in {SignedGrantExtension},
/// whose code runs in this contract's storage and whose addresses are part of this contract's code.
contract SessionKeyModule is ValidatorModule, Granting, Revoking, Installation, Pausing, Delegating {
    address private immutable _EXTENSION;
    address private immutable _SIGNED_GRANTS;

    /// @param extension_ a {SessionKeyExtension}.
    constructor(address extension_) ConditionHost(ISignedGrantsLink(extension_).conditionEngine()) {
        _EXTENSION = extension_;
        _SIGNED_GRANTS = ISignedGrantsLink(extension_).signedGrants();
    }

    /// @notice Where the code of the rarely called functions lives.
    function extension() external view returns (address) {
        return _EXTENSION;
    }

    /// @dev Every function of {ISessionKeyExtension} and of {ISessionKeySignedGrants}; none of them takes value.
    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback() external {
        _delegate(_EXTENSION);
    }

    /// @dev An operation that carries its own grant is validated by {SignedGrantExtension}.
    function _leave() internal override {
        _delegate(_SIGNED_GRANTS);
    }
}
