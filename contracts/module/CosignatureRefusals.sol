// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {EXTRA_CARRIED, Operation} from "./Operation.sol";
import {Previewing} from "./Previewing.sol";

/// @title What is wrong with the co-signature of a user operation
/// @notice The module knows that something is, and has no room for the rest.
abstract contract CosignatureRefusals is Previewing {
    using CalldataWord for bytes;

    /// @notice Reverts with what is wrong. The module comes here with the call data of its own `validateUserOp`.
    /// @dev A carried grant has been stored by then.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash) external view returns (uint256) {
        Operation memory operation;
        operation.account = userOp.sender;
        operation.extras = EXTRA_CARRIED;
        (, bytes calldata evidence, bytes calldata header, bytes calldata signatures) = _evaluate(operation, userOp);
        (, bytes32 codigest) = _digests(userOpHash, operation.validAfter, operation.validUntil, evidence.hash());
        uint256 passed = _passedThreshold(operation, header);
        _revertCosignature(operation, header, passed, codigest, _behind(signatures, KEY_SIGNATURE_LENGTH));
        return 0;
    }
}
