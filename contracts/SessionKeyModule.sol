// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SessionKeyExtension} from "./SessionKeyExtension.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {Granting} from "./module/Granting.sol";
import {Installation} from "./module/Installation.sol";
import {Pausing} from "./module/Pausing.sol";
import {Revoking} from "./module/Revoking.sol";
import {Validation} from "./module/Validation.sol";

/// @title Session keys for ERC-7579 accounts
/// @notice Wires the concerns together and holds nothing of its own. No owner, no proxy, no upgrade key: the same code at
/// the same address on every chain. What is called rarely lives in {SessionKeyExtension}, whose code runs in this
/// contract's storage and whose address is part of this contract's code.
contract SessionKeyModule is Validation, Granting, Revoking, Installation, Pausing {
    address private immutable _EXTENSION;

    /// @param extension_ a {SessionKeyExtension}.
    constructor(address extension_) ConditionHost(SessionKeyExtension(extension_).conditionEngine()) {
        _EXTENSION = extension_;
    }

    /// @notice Where the code of the rarely called functions lives.
    function extension() external view returns (address) {
        return _EXTENSION;
    }

    /// @dev Every function of {ISessionKeyExtension}; none of them takes value.
    // solhint-disable-next-line payable-fallback, no-complex-fallback
    fallback() external {
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
