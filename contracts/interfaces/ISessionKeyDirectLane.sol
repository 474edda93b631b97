// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title The direct lane: a session key acts without bundler and EntryPoint
/// @notice The same policy, the same counters, the real block time. Byte format of `context`: docs/WIRE-FORMAT.md. Needs
/// the module installed as executor (type 2) and the key's flag DIRECT_LANE.
interface ISessionKeyDirectLane is ISessionKeyRecords {
    /// @notice Runs calls of `account` under the policy of the key that `context` names. The key's own EOA sends the
    /// transaction, or anyone does who carries the key's signature.
    /// @dev Counts before it calls; a call that fails undoes everything. Refused while a redemption of the same account
    /// runs.
    /// @param mode of ERC-7579: single or batch, all zero otherwise; never try.
    /// @param executionCalldata of ERC-7579, in its one canonical encoding.
    /// @param context window, evidence, unless the key's EOA is the sender nonce and signature, and above a threshold the
    /// co-signature.
    function redeem(address account, bytes32 mode, bytes calldata executionCalldata, bytes calldata context) external;

    /// @notice {redeem} in the shape of ERC-7710, one after the other, all or none.
    /// @param permissionContexts each `account (20) · context`.
    function redeemDelegations(
        bytes[] calldata permissionContexts,
        bytes32[] calldata modes,
        bytes[] calldata executionCallDatas
    ) external;

    /// @notice Runs every check of {redeem} as of this block but who sends and signs, and writes nothing.
    /// @dev Reverts with the error that {redeem} would revert with. Window of the answer: the block's time.
    function previewRedeem(address account, bytes32 mode, bytes calldata executionCalldata, bytes calldata context)
        external
        view
        returns (Preview memory);

    /// @notice The EIP-712 digest that the session key signs for a redemption that somebody else sends, or that the
    /// co-signer signs for one that passes a threshold.
    /// @param cosigned whether it is the co-signer's.
    /// @param context window and evidence; what follows is not looked at.
    /// @param epoch,serial of the key's settings.
    /// @param nonce how many calls the grant has made: `uses`.
    function redemptionDigest(
        bool cosigned,
        address account,
        uint256 epoch,
        uint256 serial,
        uint256 nonce,
        bytes32 mode,
        bytes calldata executionCalldata,
        bytes calldata context
    ) external view returns (bytes32);
}
