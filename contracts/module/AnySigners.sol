// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {Signers} from "../policy/Signers.sol";
import {Operation} from "./Operation.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title Operations of every kind of signer
abstract contract AnySigners is UserOperations {
    using CalldataWord for bytes;

    /// @inheritdoc UserOperations
    function _openOther(Operation memory operation, bytes calldata evidence)
        internal
        view
        override
        returns (bytes calldata header, uint256 leavesOffset)
    {
        bytes calldata signer;
        // A signer has a length; nothing that has none stands before a grant.
        uint256 start = evidence.byteAt(0) == 0 ? _admitGrant(operation, evidence) : 0;
        (signer, header, leavesOffset) = SessionSignature.open(evidence, start);
        operation.signer = Signers.parse(signer);
        operation.keyId = signer.hash();
    }
}
