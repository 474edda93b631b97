// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DynamicArrayLib} from "solady/src/utils/DynamicArrayLib.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ForbiddenTargets} from "./ForbiddenTargets.sol";
import {Header} from "./Header.sol";
import {KeySettings} from "./KeySettings.sol";
import {PermissionBody} from "./PermissionBody.sol";
import {PermissionHead, Permissions} from "./Permissions.sol";
import {PermissionTree} from "./PermissionTree.sol";
import {TokenSelectors} from "./TokenSelectors.sol";

/// @title All permissions of a policy, as a grant brings them
/// @notice Refuses what is never right to grant, and hashes the rest to the permissions root.
/// @dev Format: docs/WIRE-FORMAT.md, `permissions`.
library PermissionList {
    using CalldataWord for bytes;
    using DynamicArrayLib for uint256[];
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev count 2 · hotCount 1.
    uint256 private constant LIST_HEAD = 3;
    /// @dev kind 1 · mark 1 · target 20 · selector 4 · bodyLength 2.
    uint256 private constant PERMISSION_HEAD = 28;
    /// @dev An argument word index that no condition can name.
    uint256 private constant NO_WORD = type(uint256).max;

    /// @notice Checks every permission and returns the root of their tree.
    /// @param header checked before, by {PolicyHeader-check}.
    function check(bytes calldata permissions, Header header, KeySettings settings, address account)
        internal
        view
        returns (bytes32)
    {
        if (permissions.length < LIST_HEAD) revert ISessionKeyErrors.PermissionsMalformed(permissions.length);
        uint256 head = permissions.word(0);
        uint256 count = head >> 240;
        uint256 hotCount = (head >> 232) & 0xff;
        // The bound on count keeps the memory below from growing past what calldata has paid for. Every element is set.
        if (count == 0 || hotCount > count || LIST_HEAD + PERMISSION_HEAD * count > permissions.length) {
            revert ISessionKeyErrors.PermissionsMalformed(0);
        }
        uint256[] memory leaves = DynamicArrayLib.malloc(count);
        uint256 offset = LIST_HEAD;
        // Unchecked: `offset` is at most the length of calldata, and every length added fits 16 bits.
        unchecked {
            for (uint256 i; i < count; ++i) {
                uint256 word = permissions.word(offset);
                uint256 bodyOffset = offset + PERMISSION_HEAD;
                bytes calldata body = permissions.slice(bodyOffset, (word >> 32) & 0xffff);
                offset = bodyOffset + body.length;
                if (offset > permissions.length) {
                    revert ISessionKeyErrors.PermissionsMalformed(bodyOffset - PERMISSION_HEAD);
                }
                leaves.set(i, _leaf(i, PermissionHead.wrap(word >> 48), body, header, settings, account));
            }
        }
        if (offset != permissions.length) revert ISessionKeyErrors.PermissionsMalformed(offset);
        return PermissionTree.build(leaves, hotCount);
    }

    /// @dev Checks one permission and hashes it.
    function _leaf(
        uint256 index,
        PermissionHead permission,
        bytes calldata body,
        Header header,
        KeySettings settings,
        address account
    ) private view returns (bytes32) {
        if (body.length == 0 && _isPlain(permission, header, account)) return PermissionTree.leaf(permission);
        (uint256 kind, uint256 mark, address target) = (permission.kind(), permission.mark(), permission.target());
        if (!Permissions.isKnownMark(mark) || (kind != Permissions.KIND_EXACT && !permission.isCanonical())) {
            revert ISessionKeyErrors.PermissionInvalid(index);
        }
        if (ForbiddenTargets.contains(target, account) && kind != Permissions.KIND_ANY_TARGET) {
            revert ISessionKeyErrors.PermissionTargetForbidden(index, target);
        }
        if (Permissions.isWildcard(kind)) _checkWildcard(index, permission, settings);
        TokenSelectors.Entry entry = TokenSelectors.lookup(permission.selector());
        bool metered = header.meters(target);
        // What moves tokens, and whatever is called on a metered token, is charged or said to be uncapped.
        if (mark == Permissions.MARK_MOVES_NOTHING && (metered || entry.moves())) {
            revert ISessionKeyErrors.PermissionNotCharged(index, target, permission.selector());
        }
        if (
            mark == Permissions.MARK_CHARGED
                && (!metered || kind != Permissions.KIND_EXACT || !entry.isChargeable())
        ) revert ISessionKeyErrors.PermissionNotChargeable(index, target, permission.selector());
        uint256 spenderWord = entry.approves() ? entry.spenderWord() : NO_WORD;
        bool pinned = PermissionBody.check(body, index, spenderWord);
        if (spenderWord != NO_WORD && !pinned) revert ISessionKeyErrors.SpenderNotPinned(index, spenderWord);
        return PermissionTree.leaf(permission, body.hash());
    }

    /// @dev Whether a permission is as most are, one function of one contract that has nothing to do with tokens, so that
    /// none of the rules in {_leaf} can break. Only there to make long lists cheap.
    function _isPlain(PermissionHead permission, Header header, address account) private view returns (bool) {
        address target = permission.target();
        return permission.isExactMovesNothing() && !TokenSelectors.mayList(permission.selector())
            && !ForbiddenTargets.contains(target, account) && !header.meters(target);
    }

    /// @dev What a wildcard reaches is open, so what it costs must not be.
    function _checkWildcard(uint256 index, PermissionHead permission, KeySettings settings) private pure {
        bytes4 selector = permission.selector();
        if (permission.kind() == Permissions.KIND_ANY_TARGET && TokenSelectors.isForbiddenByWildcard(selector)) {
            revert ISessionKeyErrors.PermissionSelectorForbidden(index, selector);
        }
        if (settings.nativeCap() == 0 || (settings.rateLimit() == 0 && settings.maxUses() == 0)) {
            revert ISessionKeyErrors.WildcardUnlimited(index);
        }
    }
}
