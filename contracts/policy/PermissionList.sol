// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {AccountSelectors} from "./AccountSelectors.sol";
import {ForbiddenTargets} from "./ForbiddenTargets.sol";
import {FrameQuestions} from "./FrameQuestions.sol";
import {KeySettings} from "./KeySettings.sol";
import {NumberedMeters} from "./NumberedMeters.sol";
import {PermissionBody} from "./PermissionBody.sol";
import {PermissionHead, PermissionHeadLib} from "./PermissionHead.sol";
import {PermissionTree} from "./PermissionTree.sol";
import {PolicyHeader} from "./PolicyHeader.sol";
import {TokenSelectors} from "./TokenSelectors.sol";

/// @title All permissions of a policy, as a grant brings them
/// @notice Refuses what is never right to grant, and hashes the rest to the permissions root.
/// @dev Format: docs/WIRE-FORMAT.md, `permissions`.
library PermissionList {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev count 2 · hotCount 1.
    uint256 private constant LIST_HEAD = 3;
    /// @dev kind 1 · mark 1 · target 20 · selector 4 · bodyLength 2.
    uint256 private constant PERMISSION_HEAD = 28;
    bytes32 private constant EMPTY_HASH = keccak256("");
    /// @dev An argument word index that no condition can name.
    uint256 private constant NO_WORD = type(uint256).max;

    /// @notice Checks every permission and returns the root of their tree.
    /// @param header checked before, by {PolicyHeader-check}.
    /// @param engine checks argument conditions.
    function check(
        IConditionEngine engine,
        ISessionKeyFrames frames,
        bytes calldata permissions,
        bytes calldata header,
        KeySettings settings,
        address account
    ) internal view returns (bytes32) {
        if (permissions.length < LIST_HEAD) revert ISessionKeyErrors.PermissionsMalformed(permissions.length);
        uint256 word = permissions.word(0);
        uint256 count = word >> 240;
        uint256 hotCount = (word >> 232) & 0xff;
        // The bound on count keeps the memory below from growing past what calldata has paid for.
        if (count == 0 || hotCount > count || LIST_HEAD + PERMISSION_HEAD * count > permissions.length) {
            revert ISessionKeyErrors.PermissionsMalformed(0);
        }
        bytes32[] memory leaves = new bytes32[](count);
        bool several = header.meterCount() > 1;
        // Without a meter, a target that no permission can have.
        address firstToken = header.meterCount() == 0 ? account : header.meterToken(0);
        address target;
        bool forbidden = true;
        bool metered;
        uint256 offset = LIST_HEAD;
        // Unchecked: `offset` is at most the length of calldata, and every length added fits 16 bits.
        unchecked {
            for (uint256 i; i < count; ++i) {
                word = permissions.word(offset);
                uint256 bodyOffset = offset + PERMISSION_HEAD;
                offset = bodyOffset + ((word >> 32) & 0xffff);
                if (offset > permissions.length) revert ISessionKeyErrors.PermissionsMalformed(bodyOffset - PERMISSION_HEAD);
                PermissionHead head = PermissionHead.wrap(word >> 48);
                // Permissions mostly come target by target: what is known of the last one need not be found again.
                if (head.target() != target) {
                    target = head.target();
                    forbidden = ForbiddenTargets.contains(target, account);
                    // Nearly every policy has one meter or none.
                    metered = target == firstToken || (several && header.meters(target));
                }
                TokenSelectors.Entry entry = _check(i, head, forbidden, metered, settings);
                bytes32 bodyHash = EMPTY_HASH;
                if ((offset - bodyOffset) | TokenSelectors.Entry.unwrap(entry) != 0) {
                    bodyHash =
                        _checkBody(
                            engine, frames, i, head, header, entry, permissions.slice(bodyOffset, offset - bodyOffset)
                        );
                }
                PermissionTree.set(leaves, i, PermissionTree.leaf(head, bodyHash));
            }
        }
        if (offset != permissions.length) revert ISessionKeyErrors.PermissionsMalformed(offset);
        return PermissionTree.build(leaves, hotCount);
    }

    /// @dev Holds one permission but for its body.
    /// @param forbidden whether no policy can allow the target; `metered` whether a meter counts it.
    /// @return entry what the table of token selectors knows of it.
    function _check(
        uint256 index,
        PermissionHead head,
        bool forbidden,
        bool metered,
        KeySettings settings
    ) private pure returns (TokenSelectors.Entry entry) {
        uint256 kind = head.kind();
        address target = head.target();
        if (kind != PermissionHeadLib.KIND_EXACT) _checkOpen(index, head, settings);
        if (forbidden) {
            if (kind != PermissionHeadLib.KIND_ANY_TARGET) {
                revert ISessionKeyErrors.PermissionTargetForbidden(index, target);
            }
        }
        bytes4 selector = head.selector();
        if (TokenSelectors.mayBeListed(selector)) entry = TokenSelectors.lookup(selector);

        // What moves tokens, and whatever is called on a metered token, is charged or said to be uncapped.
        uint256 mark = head.mark();
        if (mark == PermissionHeadLib.MARK_MOVES_NOTHING) {
            if (metered || entry.moves()) {
                revert ISessionKeyErrors.PermissionNotCharged(index, target, selector);
            }
        } else if (mark == PermissionHeadLib.MARK_CHARGED) {
            // The table charges tokens; a numbered meter of the same number is not the target's.
            if (
                !metered || kind != PermissionHeadLib.KIND_EXACT || !entry.isChargeable()
                    || uint160(target) <= NumberedMeters.LAST_NUMBER
            ) {
                revert ISessionKeyErrors.PermissionNotChargeable(index, target, selector);
            }
        } else if (mark != PermissionHeadLib.MARK_UNCAPPED) {
            revert ISessionKeyErrors.PermissionInvalid(index);
        }
    }

    /// @dev Holds a body; an approving permission's pins the spender, unless no approval outlives the operation.
    function _checkBody(
        IConditionEngine engine,
        ISessionKeyFrames frames,
        uint256 index,
        PermissionHead head,
        bytes calldata header,
        TokenSelectors.Entry entry,
        bytes calldata body
    ) private view returns (bytes32) {
        uint256 spenderWord = entry.approves() ? entry.spenderWord() : NO_WORD;
        bool pinned = PermissionBody.check(engine, body, index, spenderWord, header);
        if (spenderWord != NO_WORD && !pinned) {
            FrameQuestions.ask(
                frames,
                ISessionKeyFrames.requireEphemeral.selector,
                PermissionHead.unwrap(head),
                (index << 8) | spenderWord,
                header
            );
        }
        return body.hash();
    }

    /// @dev A permission that leaves target or selector open: names nothing that its kind does not have, and what it
    /// costs is bounded where what it reaches is not.
    function _checkOpen(uint256 index, PermissionHead head, KeySettings settings) private pure {
        uint256 kind = head.kind();
        if (!PermissionHeadLib.isKnownKind(kind)) revert ISessionKeyErrors.PermissionInvalid(index);
        PermissionHead canonical = PermissionHeadLib.covering(kind, head.mark(), head.target(), head.selector());
        if (PermissionHead.unwrap(head) != PermissionHead.unwrap(canonical)) {
            revert ISessionKeyErrors.PermissionInvalid(index);
        }
        if (kind == PermissionHeadLib.KIND_EMPTY_CALLDATA) return;
        bytes4 selector = head.selector();
        bool forbidden = TokenSelectors.isForbiddenByWildcard(selector) || AccountSelectors.rules(selector);
        if (kind == PermissionHeadLib.KIND_ANY_TARGET && forbidden) {
            revert ISessionKeyErrors.PermissionSelectorForbidden(index, selector);
        }
        if (settings.nativeCap() == 0 || (settings.rateLimit() == 0 && settings.maxUses() == 0)) {
            revert ISessionKeyErrors.WildcardUnlimited(index);
        }
    }
}
