// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {ISessionKeyErrors} from "./ISessionKeyErrors.sol";

/// @title What the module records and tells: structs and events
interface ISessionKeyRecords is ISessionKeyErrors {
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

    /// @notice What an operation would charge to a ceiling of the account, and what would be left under it.
    struct CeilingPreview {
        /// @dev 0: native.
        address token;
        uint256 period;
        uint256 cap;
        /// @dev Wei or token units.
        uint256 charge;
        uint256 left;
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
        /// @dev The charge on some meter passes its co-sign threshold.
        bool needsCosignature;
        /// @dev The account's ceilings that the operation charges.
        CeilingPreview[] ceilings;
    }

    /// @notice No refusal: what {ISessionKeyExtension-previewCarried} answers with.
    error CarriedPreview(Preview preview);

    /// @notice A key was granted. The whole policy is in the event: header and permissions hash to the stored root.
    event KeyGranted(
        address indexed account,
        bytes32 indexed keyId,
        bytes signer,
        KeySettings settings,
        bytes header,
        bytes permissions
    );
    /// @notice A key's policy was replaced; serial, pause and what was spent stay.
    event KeyUpdated(
        address indexed account,
        bytes32 indexed keyId,
        bytes signer,
        KeySettings settings,
        bytes header,
        bytes permissions
    );
    /// @notice A key was revoked, or its next grant burned. `serial` is the one a new grant must not reuse.
    event KeyRevoked(address indexed account, bytes32 indexed keyId, uint256 serial);
    /// @notice Every key of the account was revoked: only keys of `epoch` live.
    event AllKeysRevoked(address indexed account, uint256 epoch);
    event KeyPauseSet(address indexed account, bytes32 indexed keyId, bool paused);
    event AccountPauseSet(address indexed account, bool paused);
    /// @notice A cap over all keys of the account was set, or with 0 and 0 lifted. `token` 0: native, in wei.
    event CeilingSet(address indexed account, address indexed token, uint256 period, uint256 cap);
    event GuardianSet(address indexed account, address guardian);
    /// @notice The account is asked for its owner's signature by `route` (validator and mode bytes before the signature).
    event OwnerRouteSet(address indexed account, bytes route);
}
