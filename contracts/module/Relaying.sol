// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Has another contract's code do what this one was called for, in its own storage
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

    /// @dev The same, and goes on afterwards, whatever the answer was; a revert is passed on.
    function _run(address code) internal {
        // Assembly: as above.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            calldatacopy(memory_, 0, calldatasize())
            if iszero(delegatecall(gas(), code, memory_, calldatasize(), 0, 0)) {
                returndatacopy(memory_, 0, returndatasize())
                revert(memory_, returndatasize())
            }
        }
    }

    /// @dev A view may only relay what is itself a view, or what a caller that is none has asked for: the evaluation
    /// is a view
    /// so that the dry run can be, and part of `validateUserOp`, which may write.
    function _asView(function(address) internal f) internal pure returns (function(address) internal view g) {
        // Assembly: Solidity has no cast that adds `view`.
        assembly ("memory-safe") {
            g := f
        }
    }
}
