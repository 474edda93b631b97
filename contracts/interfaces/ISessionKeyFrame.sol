// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "./ISessionKeyErrors.sol";

/// @title The measured frame: what an operation of a measured key begins and ends with
interface ISessionKeyFrame is ISessionKeyErrors {
    /// @notice What the calls of an operation took from the account beyond what validation had charged, and was charged
    /// now. `meterIndex` is the header's, 255 for native; `excess` in token units or wei.
    event ExcessCharged(address indexed account, bytes32 indexed keyId, uint256 meterIndex, uint256 excess);

    /// @notice Opens the frame that validation has staged for the calling account: the key must be alive under the same
    /// policy, and balances are noted.
    /// @dev Only ever the first call of a measured key's operation, where validation pins every byte.
    /// @param id names the operation among all of the account's in this transaction: random, chosen by who signs it.
    function open(uint256 id) external;

    /// @notice Closes it: charges what left the account beyond what validation charged, within every cap, and holds the
    /// frame rules of the policy's header. Reverts, and the operation's calls with it, where one does not hold.
    function close() external;
}
