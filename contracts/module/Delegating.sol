// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Goes on in another contract's code, in the same storage
abstract contract Delegating {
    /// @dev Hands the whole call to `code` and ends with its answer.
    function _delegate(address code) internal {
        // Assembly: passes call data and answer on as they are, by way of memory beyond the free pointer.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            calldatacopy(memory_, 0, calldatasize())
            let success := delegatecall(gas(), code, memory_, calldatasize(), 0, 0)
            returndatacopy(memory_, 0, returndatasize())
            if iszero(success) { revert(memory_, returndatasize()) }
            return(memory_, returndatasize())
        }
    }
}
