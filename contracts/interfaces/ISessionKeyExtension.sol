// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title What the module does by way of its extension: called at the module's address like everything else
interface ISessionKeyExtension is ISessionKeyRecords {
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

    /// @notice The calling EOA gives up its own session key for `account`.
    function renounce(address account) external;

    /// @notice Sets the calling account's guardian, who may pause and revoke and nothing else; 0 removes it.
    function setGuardian(address guardian) external;

    /// @notice Everything stored about one key of `account`; all zero but the serial after a revoke.
    /// @param meterIdentities subject and tag of the second and later meters, 21 bytes right-aligned.
    function keyState(address account, bytes32 keyId, uint256[] calldata meterIdentities)
        external
        view
        returns (KeyState memory);
}
