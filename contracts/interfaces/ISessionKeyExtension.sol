// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title What the module does by way of its extension: called at the module's address like everything else
interface ISessionKeyExtension is ISessionKeyRecords {
    /// @notice Runs every check of validation but the signature's, and writes nothing.
    /// @dev Reverts with the error that validation would revert with. Does not read the EntryPoint, nor the clock: an
    /// operation whose window has passed previews as it would have been. Looks at no signature, so a co-signature that is
    /// missing is not refused here: the answer says whether one is needed.
    function preview(PackedUserOperation calldata userOp) external view returns (Preview memory);

    /// @notice {preview} of an operation that carries its own grant. To be asked by `eth_call`: stores the grant as
    /// validation would, and always reverts, with {CarriedPreview} or with what validation would revert with.
    function previewCarried(PackedUserOperation calldata userOp) external;

    /// @notice The EIP-712 digest that the session key signs for an operation.
    /// @param evidence the evidence bytes of `userOp.signature`.
    function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes calldata evidence)
        external
        view
        returns (bytes32);
}
