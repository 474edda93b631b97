// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";

/// @title What the module does in its own code
/// @notice Byte formats of `signer`, `header` and `permissions`: docs/WIRE-FORMAT.md. `keyId = keccak256(signer)`.
interface ISessionKeyCore {
    /// @notice Grants a session key to the calling account.
    /// @param signer `kind · key`.
    /// @param settings ACTIVE, with the account's current epoch and the key's next serial. Replaces a live grant of the
    /// same signer and starts its counters fresh: use {update} to keep them.
    /// @param header meters, paymasters, co-signer, pinned code.
    /// @param permissions what the key may call.
    /// @return keyId `keccak256(signer)`.
    function grant(bytes calldata signer, KeySettings settings, bytes calldata header, bytes calldata permissions)
        external
        returns (bytes32 keyId);

    /// @notice Revokes a key and burns every grant signed for its next serial. Account or guardian; also for a key
    /// never granted.
    function revoke(address account, bytes32 keyId) external;

    /// @notice Revokes every key of the account, and every grant signed but not yet submitted, in one write. Account
    /// or guardian.
    function revokeAll(address account) external;
}
