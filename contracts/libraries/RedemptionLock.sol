// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";

/// @title One redemption or one measured frame of an account at a time
/// @notice Transient: a transaction that ends, however it ends, leaves nothing locked.
library RedemptionLock {
    /// @dev Upper 96 bits of the transient slots, which no hash of the module's storage can be aimed at.
    uint256 private constant DOMAIN = uint256(bytes32("RedemptionLo")) >> 160 << 160;
    /// @dev What holds the lock where it is no frame.
    uint256 private constant REDEMPTION = 1;

    /// @notice Locks `account`, or refuses where it is locked.
    function acquire(address account) internal {
        if (holder(account) != 0) revert ISessionKeyErrors.RedemptionReentered(account);
        hold(account, REDEMPTION);
    }

    /// @notice What holds the lock: 0 nothing, 1 a redemption, otherwise the frame whose record begins there.
    function holder(address account) internal view returns (uint256 by) {
        uint256 slot = DOMAIN | uint160(account);
        // Assembly: Solidity has no transient mappings.
        assembly ("memory-safe") {
            by := tload(slot)
        }
    }

    /// @notice Locks it, or hands the lock on.
    function hold(address account, uint256 by) internal {
        uint256 slot = DOMAIN | uint160(account);
        // Assembly: as above.
        assembly ("memory-safe") {
            tstore(slot, by)
        }
    }

    /// @notice Unlocks it, for the next one of the same transaction.
    function release(address account) internal {
        hold(account, 0);
    }
}
