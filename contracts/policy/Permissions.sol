// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a permission covers, and what it charges
/// @notice Zero is neither a kind nor a mark.
library Permissions {
    /// @dev One selector of one target.
    uint256 internal constant KIND_EXACT = 1;
    /// @dev One selector of whatever target.
    uint256 internal constant KIND_ANY_TARGET = 2;
    /// @dev Whatever selector of one target.
    uint256 internal constant KIND_ANY_SELECTOR = 3;
    /// @dev Empty call data to one target.
    uint256 internal constant KIND_EMPTY_CALLDATA = 4;

    /// @dev Charges the meters of its target by the module's table of token selectors.
    uint256 internal constant MARK_CHARGED = 1;
    /// @dev The owner says in so many words that what it moves is not counted.
    uint256 internal constant MARK_UNCAPPED = 2;
    /// @dev Moves no token that the policy meters.
    uint256 internal constant MARK_MOVES_NOTHING = 3;

    function isKnownKind(uint256 kind) internal pure returns (bool) {
        return kind != 0 && kind <= KIND_EMPTY_CALLDATA;
    }

    function isKnownMark(uint256 mark) internal pure returns (bool) {
        return mark != 0 && mark <= MARK_MOVES_NOTHING;
    }

    function isWildcard(uint256 kind) internal pure returns (bool) {
        return kind == KIND_ANY_TARGET || kind == KIND_ANY_SELECTOR;
    }

    /// @notice Target and selector as a leaf of `kind` names them, from those of a call.
    function leafOf(uint256 kind, address target, bytes4 selector) internal pure returns (address, bytes4) {
        if (kind == KIND_EXACT) return (target, selector);
        if (kind == KIND_ANY_TARGET) return (address(0), selector);
        return (target, 0);
    }
}
