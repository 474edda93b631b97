// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Granting} from "./module/Granting.sol";
import {Installation} from "./module/Installation.sol";
import {Pausing} from "./module/Pausing.sol";
import {Operation} from "./module/Operation.sol";
import {Revoking} from "./module/Revoking.sol";
import {ValidatorModule} from "./module/ValidatorModule.sol";

/// @title Session keys for ERC-7579 accounts
/// @notice Wires the concerns together and holds nothing of its own. No owner, no proxy, no upgrade key: the same code at
/// the same address on every chain. What is called rarely lives in {SessionKeyExtension}, whose code runs in this
/// contract's storage and whose address is part of this contract's code.
contract SessionKeyModule is ValidatorModule, Granting, Revoking, Installation, Pausing {
    address private immutable _EXTENSION;

    /// @param extension_ a {SessionKeyExtension}.
    constructor(address extension_) {
        _EXTENSION = extension_;
    }

    /// @notice Where the code of the rarely called functions lives.
    function extension() external view returns (address) {
        return _EXTENSION;
    }

    /// @dev Every function of {ISessionKeyExtension}.
    fallback() external {
        _delegate();
    }

    /// @dev An operation that carries its own grant is validated by the extension, whose {CarriedGrants} can read it.
    function _unwrap(Operation memory operation, bytes calldata evidence)
        internal
        view
        override
        returns (bytes calldata)
    {
        if (evidence.length == 0 || evidence[0] != 0) return super._unwrap(operation, evidence);
        function() internal delegate = _delegate;
        function() internal view depart;
        // Assembly: this view function does not come back, so whoever called it stays one: the call that goes on in the
        // extension is the whole call, and {validateUserOp}, which is none, is the only way here.
        assembly ("memory-safe") {
            depart := delegate
        }
        depart();
        return evidence;
    }

    /// @dev Hands the whole call to the extension and ends with its answer.
    function _delegate() private {
        address extension_ = _EXTENSION;
        // Assembly: passes call data and answer on as they are, by way of memory beyond the free pointer.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            calldatacopy(memory_, 0, calldatasize())
            let success := delegatecall(gas(), extension_, memory_, calldatasize(), 0, 0)
            returndatacopy(memory_, 0, returndatasize())
            if iszero(success) { revert(memory_, returndatasize()) }
            return(memory_, returndatasize())
        }
    }
}
