// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {ISessionKeyErrors} from "./ISessionKeyErrors.sol";

/// @title Session keys that an ERC-7579 account enforces while it validates
/// @notice Byte formats of `signer`, `header` and `permissions`: docs/WIRE-FORMAT.md. `keyId = keccak256(signer)`.
interface ISessionKeyModule is ISessionKeyErrors {
    /// @notice Everything stored about one key, and the block's time to read it by.
    struct KeyState {
        AccountControl control;
        KeySettings settings;
        bytes32 policyRoot;
        KeyUsage usage;
        /// @dev The words of the meters asked for, in their order.
        MeterWord[] meters;
        uint256 blockTime;
    }

    /// @notice What an operation would charge, and what would be left after it.
    struct Preview {
        bytes32 keyId;
        uint256 validAfter;
        uint256 validUntil;
        /// @dev Calls counted by rate limit and quota.
        uint256 calls;
        /// @dev Native charge (value plus largest gas cost if the account pays), rounded up to whole gwei, in wei.
        uint256 nativeCharge;
        /// @dev Left under the native cap after the operation, in wei.
        uint256 nativeLeft;
        /// @dev Per meter of the header, in its order: the charge and what would be left after it.
        uint256[] meterCharges;
        uint256[] meterLeft;
        /// @dev Left under rate limit and quota after the operation; `type(uint256).max` without one.
        uint256 rateLeft;
        uint256 usesLeft;
    }

    /// @notice A key was granted. The whole policy is in the event: header and permissions hash to the stored root.
    event KeyGranted(
        address indexed account,
        bytes32 indexed keyId,
        KeySettings settings,
        bytes signer,
        bytes header,
        bytes permissions
    );
    /// @notice A key's policy was replaced; serial, pause and what was spent stay.
    event KeyUpdated(
        address indexed account,
        bytes32 indexed keyId,
        KeySettings settings,
        bytes signer,
        bytes header,
        bytes permissions
    );
    /// @notice A key was revoked, or its next grant burned. `serial` is the one a new grant must not reuse.
    event KeyRevoked(address indexed account, bytes32 indexed keyId, uint256 serial);
    /// @notice Every key of the account was revoked: only keys of `epoch` live.
    event AllKeysRevoked(address indexed account, uint256 epoch);
    event KeyPauseSet(address indexed account, bytes32 indexed keyId, bool paused);
    event AccountPauseSet(address indexed account, bool paused);
    event GuardianSet(address indexed account, address guardian);

    /// @notice Grants a session key to the calling account.
    /// @param signer `kind · key`.
    /// @param settings ACTIVE, with the account's current epoch and the key's next serial. Replaces a live grant of the
    /// same signer and starts its counters fresh: use {update} to keep them.
    /// @param header meters, paymasters, pinned code.
    /// @param permissions what the key may call.
    /// @return keyId `keccak256(signer)`.
    function grant(bytes calldata signer, KeySettings settings, bytes calldata header, bytes calldata permissions)
        external
        returns (bytes32 keyId);

    /// @notice Replaces the policy of a live key of the calling account. Serial, pause and what was spent stay; what a
    /// window that has ended had counted is dropped; a cooldown starts anew.
    /// @param settings as for {grant}, with the key's current serial; the stored pause flag is kept.
    /// @param oldHeader header of the stored policy.
    /// @param oldPermissionsRoot permissions root of the stored policy.
    function update(
        bytes calldata signer,
        KeySettings settings,
        bytes calldata header,
        bytes calldata permissions,
        bytes calldata oldHeader,
        bytes32 oldPermissionsRoot
    ) external;

    /// @notice Pauses a key. Account or guardian.
    function pause(address account, bytes32 keyId) external;

    /// @notice Resumes a key of the calling account.
    function resume(bytes32 keyId) external;

    /// @notice Pauses every key of the account. Account or guardian.
    function pauseAccount(address account) external;

    /// @notice Lifts {pauseAccount} for the calling account; keys paused one by one stay so.
    function resumeAccount() external;

    /// @notice Revokes a key and burns every grant signed for its next serial. Account or guardian; also for a key
    /// never granted.
    function revoke(address account, bytes32 keyId) external;

    /// @notice Revokes every key of the account, and every grant signed but not yet submitted, in one write. Account
    /// or guardian.
    function revokeAll(address account) external;

    /// @notice The calling EOA gives up its own session key for `account`.
    function renounce(address account) external;

    /// @notice Sets the calling account's guardian, who may pause and revoke and nothing else; 0 removes it.
    function setGuardian(address guardian) external;

    /// @notice Runs every check of validation but the signature's, and writes nothing.
    /// @dev Reverts with the error that validation would revert with. Does not read the EntryPoint, nor the clock: an
    /// operation whose window has passed previews as it would have been.
    function preview(PackedUserOperation calldata userOp) external view returns (Preview memory);

    /// @notice Everything stored about one key of `account`; all zero but the serial after a revoke.
    /// @param meterIdentities subject and tag of the second and later meters, 21 bytes right-aligned.
    function keyState(address account, bytes32 keyId, uint256[] calldata meterIdentities)
        external
        view
        returns (KeyState memory);

    /// @notice The EIP-712 digest that the session key signs for an operation.
    /// @param evidence the evidence bytes of `userOp.signature`.
    function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes calldata evidence)
        external
        view
        returns (bytes32);
}
