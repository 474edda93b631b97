// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ISessionKeyExtension} from "../interfaces/ISessionKeyExtension.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {Administered} from "./Administered.sol";
import {EXTRA_CARRIED, Operation} from "./Operation.sol";
import {Previewing} from "./Previewing.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The dry run of an operation that carries its own grant
abstract contract CarriedPreviewing is Previewing, Administered {
    using CalldataWord for bytes;

    /// @inheritdoc ISessionKeyExtension
    /// @dev Stores the grant to evaluate against it, by the code that validation does it with, and takes it back by
    /// reverting.
    function previewCarried(PackedUserOperation calldata userOp) external override {
        bytes memory admission = abi.encodeCall(IERC7579Validator.validateUserOp, (userOp, bytes32(0)));
        if (!LowLevelCall.delegatecallNoReturn(_ADMINISTRATION, admission)) LowLevelCall.bubbleRevert();
        Operation memory operation;
        operation.account = userOp.sender;
        operation.extras = EXTRA_CARRIED;
        (,, bytes calldata header,) = _evaluate(operation, userOp);
        revert CarriedPreview(_figures(operation, header));
    }

    /// @inheritdoc UserOperations
    function _admitGrant(Operation memory operation, bytes calldata evidence)
        internal
        pure
        override
        returns (uint256)
    {
        if (operation.extras & EXTRA_CARRIED == 0) {
            if (evidence.length == 0) revert EvidenceMalformed(SIGNATURE_HEAD);
            revert SignerMalformed(evidence.slice(0, 0));
        }
        return SessionSignature.carriedLength(evidence);
    }
}
