// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {PermissionHead} from "../policy/PermissionHead.sol";

/// @title What the module's other parts ask of {SessionKeyFrames}
/// @dev The first three are run in the module's storage; none of them is reached by calling the module.
interface ISessionKeyFrames {
    /// @notice Leaves in transient storage what a frame needs to know of a validated operation. Takes packed words behind
    /// its selector: see {Framing}.
    function stage() external;

    /// @notice Holds the same words to the same form, and leaves nothing.
    function checkFrame() external pure;

    /// @notice Opens the staged frame of a redemption.
    function openFor(address account) external;

    /// @notice Closes it.
    function closeFor(address account) external;

    /// @notice Checks what a header says of frames, for a grant. The header's bare bytes follow the arguments.
    /// @param offset where section 3 begins, if the header has one.
    /// @return end where it ends, or `offset`.
    function checkHeader(uint256 offset, KeySettings settings) external pure returns (uint256 end);

    /// @notice Reverts unless the frame rules of a checked header take back, when the operation ends, what a permission
    /// approves. The header's bare bytes follow the arguments.
    /// @param where index of the permission, and in the low byte the argument word of the spender, which it does not pin.
    function requireEphemeral(PermissionHead head, uint256 where) external pure;
}
