// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title What an operation would be told, and what its key has to sign
interface ISessionKeyPreview is ISessionKeyRecords {
    /// @notice Runs every check of validation but the signature's, and writes nothing.
    /// @dev Reverts with the error that validation would revert with. Does not read the EntryPoint, nor the clock: an
    /// operation whose window has passed previews as it would have been.
    function preview(PackedUserOperation calldata userOp) external view returns (Preview memory);

    /// @notice The EIP-712 digest that the session key signs for an operation.
    /// @param evidence the evidence bytes of `userOp.signature`.
    function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes calldata evidence)
        external
        view
        returns (bytes32);
}
