// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {ISessionKeyRecords} from "./ISessionKeyRecords.sol";

/// @title What an account changes rarely: called at the module's address like everything else
interface ISessionKeyAdministration is ISessionKeyRecords {
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

    /// @notice The calling EOA gives up its own session key for `account`.
    function renounce(address account) external;

    /// @notice Sets the calling account's guardian, who may pause and revoke and nothing else; 0 removes it.
    function setGuardian(address guardian) external;

    /// @notice Sets a cap over all keys of the calling account, which every key's spending charges too, `uncapped` amounts
    /// included. Cap and period 0 lift it. What was spent stays spent. It outlives an uninstall.
    /// @dev While it stands, a call on `token` whose amount the table of token selectors cannot tell is refused.
    /// @param token `address(0)`: native, value and largest gas cost together.
    /// @param period period code.
    /// @param cap wei or token units, below 2^128.
    function setCeiling(address token, uint256 period, uint256 cap) external;

    /// @notice A ceiling of `account`, all zero where there is none.
    /// @return period period code.
    /// @return cap wei or token units.
    /// @return spent as of the window that it names.
    /// @return blockTime to read it by.
    function ceiling(address account, address token)
        external
        view
        returns (uint256 period, uint256 cap, MeterWord spent, uint256 blockTime);

    /// @notice Everything stored about one key of `account`; all zero but the serial after a revoke.
    /// @param meterIdentities subject and tag of the second and later meters, 21 bytes right-aligned.
    function keyState(address account, bytes32 keyId, uint256[] calldata meterIdentities)
        external
        view
        returns (KeyState memory);
}
