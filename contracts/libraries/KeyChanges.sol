// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Whether anything about an account's keys was changed in this transaction
/// @notice Transient: validation and execution of an operation are one transaction, so that what validation has read
/// still holds when a frame is opened, unless something was written in between.
library KeyChanges {
    /// @notice Notes that a key or the control word of `account` was written.
    /// @dev The slot is the account's address, which ERC-7562 calls associated with it: a grant may be carried by an
    /// operation.
    function mark(address account) internal {
        // Assembly: Solidity has no transient mappings.
        assembly ("memory-safe") {
            tstore(account, 1)
        }
    }

    /// @notice Nothing was.
    function none(address account) internal view returns (bool untouched) {
        // Assembly: as above.
        assembly ("memory-safe") {
            untouched := iszero(tload(account))
        }
    }
}
