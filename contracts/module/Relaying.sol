// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Hands every call it does not know on to another contract's code, run in its own storage
abstract contract Relaying {
    /// @dev Passes call data and answer on as they are, and does not return.
    function _relay(address code) internal {
        // Assembly: by way of memory beyond the free pointer, without decoding anything.
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
