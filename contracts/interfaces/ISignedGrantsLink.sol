// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The way from one of the module's extensions to the other
interface ISignedGrantsLink {
    /// @notice Where the code for what an owner signs off chain lives.
    function signedGrants() external view returns (address);
}
