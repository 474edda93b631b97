// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Operation} from "./Operation.sol";
import {Relaying} from "./Relaying.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The rules that the module's own code has room for
/// @notice An operation that needs others is validated by the extension, from the start and instead, with the call data of
/// `validateUserOp` as it came: the same engine, with {FullRules}. Nothing has been written by then but a carried grant.
abstract contract PlainRules is UserOperations, Relaying {
    address internal immutable _EXTENSION;

    constructor(address extension_) {
        _EXTENSION = extension_;
    }

    /// @dev Does not come back.
    function _leaveToExtension() internal view {
        _asView(_relay)(_EXTENSION);
    }

    function _meetCeilings(Operation memory) internal view override {
        _leaveToExtension();
    }

    function _applyRareSections(Operation memory, bytes calldata, uint256) internal view override {
        _leaveToExtension();
    }

    // solhint-disable no-empty-blocks
    function _chargeCeiling(Operation memory, address, uint256) internal view override {}

    function _weighCeilings(Operation memory) internal view override {}

    function _commitCeilings(Operation memory) internal override {}
    // solhint-enable no-empty-blocks
}
