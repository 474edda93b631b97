// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a permission covers and charges, as its leaf begins (26 bytes, right-aligned).
///
/// | bits    | field    | meaning                                                                |
/// |---------|----------|------------------------------------------------------------------------|
/// | 0–31    | selector | 0 where the kind has none                                              |
/// | 32–191  | target   | 0 where the kind has none                                              |
/// | 192–199 | mark     | 1 CHARGED · 2 UNCAPPED · 3 MOVES_NOTHING                               |
/// | 200–207 | kind     | 1 EXACT · 2 ANY_TARGET · 3 ANY_SELECTOR · 4 EMPTY_CALLDATA             |
/// | 208–255 | 0        |                                                                        |
type PermissionHead is uint256;

using PermissionHeadLib for PermissionHead global;

/// @title Reads and packs {PermissionHead}
/// @notice Zero is neither a kind nor a mark.
library PermissionHeadLib {
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

    /// @notice The head that a leaf of `kind` and `mark` has if it is to cover a call of `target` and `selector`.
    /// @dev The caller guarantees a known kind and that `mark` is a byte.
    function covering(uint256 kind_, uint256 mark_, address target_, bytes4 selector_)
        internal
        pure
        returns (PermissionHead)
    {
        uint256 head = (kind_ << 200) | (mark_ << 192);
        if (kind_ == KIND_EXACT) {
            head |= (uint256(uint160(target_)) << 32) | uint32(selector_);
        } else if (kind_ == KIND_ANY_TARGET) {
            head |= uint32(selector_);
        } else {
            head |= uint256(uint160(target_)) << 32;
        }
        return PermissionHead.wrap(head);
    }

    function kind(PermissionHead self) internal pure returns (uint256) {
        return PermissionHead.unwrap(self) >> 200;
    }

    function mark(PermissionHead self) internal pure returns (uint256) {
        return (PermissionHead.unwrap(self) >> 192) & 0xff;
    }

    function target(PermissionHead self) internal pure returns (address) {
        return address(uint160(PermissionHead.unwrap(self) >> 32));
    }

    function selector(PermissionHead self) internal pure returns (bytes4) {
        return bytes4(uint32(PermissionHead.unwrap(self)));
    }

    function isKnownKind(uint256 kind_) internal pure returns (bool) {
        // Unchecked: 0 wraps to the largest word.
        unchecked {
            return kind_ - 1 < KIND_EMPTY_CALLDATA;
        }
    }
}
