// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SessionSignature} from "../policy/SessionSignature.sol";
import {Administered} from "./Administered.sol";
import {Operation} from "./Operation.sol";
import {Relaying} from "./Relaying.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title Operations that carry their own grant, in the bundler lane
/// @notice The grant is checked and stored ({SignedGrants}) as soon as it is met, and the operation then held to it like
/// any other.
abstract contract CarriedGrants is UserOperations, Administered, Relaying {
    /// @inheritdoc UserOperations
    function _admitGrant(Operation memory, bytes calldata evidence) internal view override returns (uint256 length) {
        length = SessionSignature.carriedLength(evidence);
        // With the call data of `validateUserOp` as it came.
        _asView(_run)(_ADMINISTRATION);
    }
}
