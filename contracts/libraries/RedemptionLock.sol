// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";

/// @title One redemption of an account at a time
/// @notice Transient: a transaction that ends, however it ends, leaves nothing locked.
library RedemptionLock {
    /// @dev Upper 96 bits of the transient slots, which no hash of the module's storage can be aimed at.
    uint256 private constant DOMAIN = uint256(bytes32("RedemptionLo")) >> 160 << 160;

    /// @notice Locks `account`, or refuses where it is locked.
    function acquire(address account) internal {
        uint256 slot = DOMAIN | uint160(account);
        bool locked;
        // Assembly: Solidity has no transient mappings.
        assembly ("memory-safe") {
            locked := tload(slot)
            tstore(slot, 1)
        }
        if (locked) revert ISessionKeyErrors.RedemptionReentered(account);
    }

    /// @notice Unlocks it, for the next redemption of the same transaction.
    function release(address account) internal {
        uint256 slot = DOMAIN | uint160(account);
        // Assembly: as above.
        assembly ("memory-safe") {
            tstore(slot, 0)
        }
    }
}
