// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title Revocations that an account's owner signed off chain, and how the account is asked whether it did
/// @notice Typed data: docs/WIRE-FORMAT.md, "Signed by the owner".
interface ISessionKeySignedRevocations is ISessionKeyRecords {
    /// @notice Says how the calling account is asked for its owner's signature.
    /// @param route what stands before the signature, mostly a validator's address; at most 31 bytes. Empty where the
    /// account answers for its owner without any.
    function setOwnerRoute(bytes calldata route) external;

    /// @notice The stored route of `account`; `isSet` is false until the account has said one.
    function ownerRoute(address account) external view returns (bool isSet, bytes memory route);

    /// @notice Revokes what the owner of `account` signed, whoever calls: the live grant of `serial`, or, before it is used,
    /// the next one and whatever lives until then.
    function revokeSigned(
        address account,
        bytes32 keyId,
        uint256 epoch,
        uint256 serial,
        bytes calldata ownerSignature
    ) external;
}
