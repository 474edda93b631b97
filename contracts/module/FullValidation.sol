// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {EXTRA_CARRIED, Operation} from "./Operation.sol";
import {Previewing} from "./Previewing.sol";
import {Validation} from "./Validation.sol";

/// @title The bundler lane of operations that need rules which the module has no room for
/// @notice The module comes here with the call data of its own `validateUserOp`: for what is rare, and for what is wrong
/// with a co-signature.
abstract contract FullValidation is Previewing, Validation {
    /// @notice See {IERC7579Validator-validateUserOp}.
    /// @dev A carried grant has been stored by then.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash) external returns (uint256) {
        return _validate(userOp, userOpHash, EXTRA_CARRIED);
    }

    /// @inheritdoc Validation
    function _refuseCosignature(
        Operation memory operation,
        bytes calldata header,
        uint256 passed,
        bytes32 codigest,
        bytes calldata cosignature
    ) internal view override {
        _revertCosignature(operation, header, passed, codigest, cosignature);
    }
}
