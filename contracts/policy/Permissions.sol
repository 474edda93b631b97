// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a permission covers and charges, all but its body, as the wire format has it. Right-aligned: the upper
/// 48 bits are 0.
///
/// | bits    | field    | meaning                                                   |
/// |---------|----------|-----------------------------------------------------------|
/// | 0–31    | selector | 0 where the kind has none                                 |
/// | 32–191  | target   | 0 where the kind has none                                 |
/// | 192–199 | mark     | one of MARK_*                                             |
/// | 200–207 | kind     | one of KIND_*                                             |
type PermissionHead is uint256;

using Permissions for PermissionHead global;

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

    uint256 private constant SELECTOR_MASK = 0xffffffff;
    uint256 private constant TARGET_MASK = uint256(type(uint160).max) << 32;

    function isKnownKind(uint256 kind_) internal pure returns (bool) {
        // Unchecked: 0 wraps to the largest word, which is not below the last kind.
        unchecked {
            return kind_ - 1 < KIND_EMPTY_CALLDATA;
        }
    }

    function isKnownMark(uint256 mark_) internal pure returns (bool) {
        // Unchecked: as above.
        unchecked {
            return mark_ - 1 < MARK_MOVES_NOTHING;
        }
    }

    function isWildcard(uint256 kind_) internal pure returns (bool) {
        // The two wildcards are 2 and 3.
        return kind_ >> 1 == 1;
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

    /// @notice Whether the permission is EXACT and MOVES_NOTHING.
    function isExactMovesNothing(PermissionHead self) internal pure returns (bool) {
        return PermissionHead.unwrap(self) >> 192 == (KIND_EXACT << 8) | MARK_MOVES_NOTHING;
    }

    /// @notice Whether the kind is known, and target and selector are 0 where it has none.
    function isCanonical(PermissionHead self) internal pure returns (bool) {
        return isKnownKind(self.kind()) && covers(self, self.target(), self.selector());
    }

    /// @notice Whether a call of `selector_` on `target_` is one that the permission is for.
    function covers(PermissionHead self, address target_, bytes4 selector_) internal pure returns (bool) {
        uint256 head = PermissionHead.unwrap(self);
        return PermissionHead.unwrap(covering(head >> 192, target_, selector_)) == head;
    }

    /// @notice The head of a permission that covers a call of `selector_` on `target_`, with kind and mark as claimed:
    /// target and selector are the call's where the kind has them, and 0 where it has not.
    /// @param kindAndMark kind 1 · mark 1.
    function covering(uint256 kindAndMark, address target_, bytes4 selector_) internal pure returns (PermissionHead) {
        uint256 scope = (uint256(uint160(target_)) << 32) | uint32(selector_);
        uint256 kind_ = kindAndMark >> 8;
        if (kind_ != KIND_EXACT) scope &= kind_ == KIND_ANY_TARGET ? SELECTOR_MASK : TARGET_MASK;
        return PermissionHead.wrap((kindAndMark << 192) | scope);
    }
}
