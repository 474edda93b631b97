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

    /// @dev The evaluation is a view so that the dry run can be; here it is part of `validateUserOp`, which may write.
    function _asView(function(address) internal f) private pure returns (function(address) internal view g) {
        // Assembly: Solidity has no cast that adds `view`.
        assembly ("memory-safe") {
            g := f
        }
    }
}
