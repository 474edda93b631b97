// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title Grants that an account's owner signed off chain
/// @notice Typed data: docs/WIRE-FORMAT.md, "Signed by the owner". The account itself says whether its owner signed, by
/// ERC-1271, with the route it stored before the signature. A grant may also be carried by the key's first operation.
interface ISessionKeySignedGrants is ISessionKeyRecords {
    /// @notice Grants what the owner of `account` signed, whoever calls, by the block's time. Does nothing if the very same
    /// grant is alive already.
    /// @param signed the grant as an operation would carry it.
    /// @return keyId `keccak256(signer)`.
    function grantSigned(address account, bytes calldata signer, bytes calldata header, bytes calldata signed)
        external
        returns (bytes32 keyId);
}
