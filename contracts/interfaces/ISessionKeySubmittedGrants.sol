// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title Grants that an account's owner signed and anyone submits
interface ISessionKeySubmittedGrants is ISessionKeyRecords {
    /// @notice Grants what the owner of `account` signed, whoever calls, by the block's time. Does nothing if the very same
    /// grant is alive already.
    /// @param signed the grant as an operation would carry it.
    /// @return keyId `keccak256(signer)`.
    function grantSigned(address account, bytes calldata signer, bytes calldata header, bytes calldata signed)
        external
        returns (bytes32 keyId);
}
