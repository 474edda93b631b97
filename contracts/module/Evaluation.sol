// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {ForbiddenTargets} from "../policy/ForbiddenTargets.sol";
import {Header} from "../policy/Header.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PermissionBody} from "../policy/PermissionBody.sol";
import {PermissionHead, Permissions} from "../policy/Permissions.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {SpendingCounters} from "./SpendingCounters.sol";

/// @title The rule engine, first step: decide
/// @notice `evaluate` holds an operation against every rule and returns what it operation. It writes nothing; {_commit} of
/// {SpendingCounters} does, once the signature holds. The dry run is this very code.
/// @dev The order of checks is docs/ARCHITECTURE.md's: the key, the window, the calls one by one, the charges, the caps.
abstract contract Evaluation is SpendingCounters {
    using CalldataWord for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev What stands before the evidence in a signature: validAfter 5 · validUntil 5 · evidenceLength 2.
    uint256 internal constant SIGNATURE_HEAD = 12;
    /// @dev What stands before the body in a leaf: kind 1 · mark 1 · bodyLength 2.
    uint256 private constant LEAF_HEAD = 4;

    /// @dev Step 1: the key and the account are alive.
    function _requireAlive(SessionKey storage key, address account, bytes32 keyId)
        internal
        view
        returns (KeySettings settings)
    {
        AccountControl control = _controls[account];
        settings = key.settings;
        if (settings.lives() && control.admits() && settings.epoch() == control.epoch()) return settings;
        if (!control.isValidator()) revert ModuleNotInstalled(account, 1);
        if (!settings.isActive()) revert KeyNotGranted(keyId);
        if (settings.epoch() != control.epoch()) revert KeyEpochOutdated(keyId, settings.epoch(), control.epoch());
        if (control.isPaused()) revert AccountPaused(account);
        revert KeyPaused(keyId);
    }

    /// @dev Step 2: the window is well formed and inside the key's.
    function _requireWindow(KeySettings settings, uint256 validAfter, uint256 validUntil) internal pure {
        (uint256 first, uint256 last) = (settings.validAfter(), settings.validUntil());
        // Unchecked: all four are below 2^40, so that exactly a difference below zero has the highest bit.
        unchecked {
            if (((validUntil - validAfter - 1) | (validAfter - first) | (last - validUntil)) >> 255 == 0) return;
        }
        if (validAfter >= validUntil || validUntil > KeySettingsLib.MAX_TIME) {
            revert WindowMalformed(validAfter, validUntil);
        }
        revert WindowOutsideKey(validAfter, validUntil, first, last);
    }

    /// @dev Steps 3 to 7 for the calls: decodes them, finds the permission of each in the evidence, and sums up what they
    /// charge into `operation`.
    /// @param evidence up to its end, which the leaves must reach exactly.
    /// @param headerHash hash of the header that `evidence` brings.
    /// @param cursor of the first leaf in `evidence`, right behind the header.
    /// @return count of the calls.
    function _evaluateCalls(
        Operation memory operation,
        address account,
        bytes32 policyRoot,
        bytes calldata callData,
        Header header,
        bytes32 headerHash,
        bytes calldata evidence,
        uint256 cursor
    ) internal view returns (uint256 count) {
        bytes calldata executions;
        uint256 next;
        (executions, count, next) = ExecutionDecoder.open(callData);
        // The permission of the call before, for the next call to repeat, and where its leaf is.
        PermissionHead permission;
        uint256 leaf;
        bytes32 permissionsRoot;
        for (uint256 i; i < count; ++i) {
            address target;
            uint256 value;
            bytes calldata data;
            (target, value, data, next) = ExecutionDecoder.read(executions, count, next, i);
            if (ForbiddenTargets.contains(target, account)) revert TargetForbidden(i, target);
            bytes4 selector = data.length < 4 ? _noSelector(data.length, i) : bytes4(bytes32(data.word(0)));

            bool permitted = true;
            if (i != 0 && evidence.byteAt(cursor) == 0) {
                // One zero byte stands for the leaf before, which has to cover this call as well.
                permitted = permission.covers(target, selector);
                // Unchecked: past the end of the evidence there is a signature at most as long as calldata.
                unchecked {
                    ++cursor;
                }
            } else {
                bytes32 root;
                leaf = cursor;
                (permission, root, cursor) = _prove(evidence, cursor, target, selector);
                if (i == 0) {
                    permitted = PermissionTree.root(headerHash, root) == policyRoot;
                    permissionsRoot = root;
                } else {
                    permitted = root == permissionsRoot;
                }
            }
            if (!permitted || (data.length == 0) != (permission.kind() == Permissions.KIND_EMPTY_CALLDATA)) {
                revert CallNotPermitted(i, target, selector, policyRoot);
            }
            if (Permissions.isWildcard(permission.kind()) && TokenSelectors.isForbiddenByWildcard(selector)) {
                revert SelectorForbiddenByWildcard(i, selector);
            }
            bytes calldata body = _bodyAt(evidence, leaf);
            if (value | body.length != 0) {
                PermissionBody.enforce(body, i, value, data, account);
                operation.native = _saturatingAdd(operation.native, value);
            }
            _chargeCall(operation, header, permission.mark(), i, target, selector, data);
        }
        if (cursor != evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
    }

    /// @dev The function that a call without a whole selector names: none if it has no data; 1 to 3 bytes are nothing
    /// that a permission covers.
    function _noSelector(uint256 length, uint256 callIndex) private pure returns (bytes4) {
        if (length != 0) revert SelectorIncomplete(callIndex, length);
        return 0;
    }

    /// @dev Step 5: reads the leaf at the cursor as one that covers a call of `selector` on `target`, and walks its proof.
    /// @return permission what the leaf claims.
    /// @return root where its proof leads.
    /// @return end where the next leaf begins.
    function _prove(bytes calldata evidence, uint256 cursor, address target, bytes4 selector)
        private
        pure
        returns (PermissionHead permission, bytes32 root, uint256 end)
    {
        // Unchecked: every length added is at most 16 bits wide, and `cursor` is within calldata.
        unchecked {
            uint256 head = evidence.word(cursor);
            uint256 bodyLength = (head >> 224) & 0xffff;
            uint256 proofOffset = cursor + LEAF_HEAD + bodyLength + 1;
            uint256 proofLength = 32 * evidence.byteAt(proofOffset - 1);
            end = proofOffset + proofLength;
            if (end > evidence.length || !Permissions.isKnownKind(head >> 248)) {
                revert EvidenceMalformed(
                    SIGNATURE_HEAD
                        + (proofOffset > evidence.length || end <= evidence.length ? cursor : proofOffset)
                );
            }
            permission = Permissions.covering(head >> 240, target, selector);
            root = bodyLength == 0
                ? PermissionTree.leaf(permission)
                : PermissionTree.leaf(permission, evidence.slice(cursor + LEAF_HEAD, bodyLength).hash());
            if (proofLength == 0) return (permission, root, end);
            root = PermissionTree.climb(root, evidence.slice(proofOffset, proofLength));
        }
    }

    /// @dev The body of the permission whose leaf is at `leaf`.
    function _bodyAt(bytes calldata evidence, uint256 leaf) private pure returns (bytes calldata) {
        // Unchecked: the leaf was read before.
        unchecked {
            return evidence.slice(leaf + LEAF_HEAD, (evidence.word(leaf) >> 224) & 0xffff);
        }
    }

    function _requirePinnedCode(bytes32 pinned, address account) internal view {
        if (account.codehash != pinned) revert AccountCodeChanged(pinned, account.codehash);
    }

    /// @dev Step 7: what one call takes from the meters of its target.
    function _chargeCall(
        Operation memory operation,
        Header header,
        uint256 mark,
        uint256 callIndex,
        address target,
        bytes4 selector,
        bytes calldata data
    ) private pure {
        if (mark == Permissions.MARK_UNCAPPED) return;
        uint256 amount;
        bool counted = mark != Permissions.MARK_CHARGED;
        for (uint256 i = header.meterCount(); i != 0;) {
            // Unchecked: above 0 by the loop's test.
            unchecked {
                --i;
            }
            if (header.meterToken(i) != target) continue;
            if (mark != Permissions.MARK_CHARGED) revert TokenNotCharged(callIndex, target, selector);
            if (!counted) {
                amount = _amountOf(callIndex, selector, data);
                counted = true;
            }
            _chargeMeter(operation, i, amount);
        }
        // A charged permission whose token has no meter was refused when it was granted; were it ever to appear, a
        // call without a charge must not pass.
        if (!counted) revert TokenNotCharged(callIndex, target, selector);
    }

    /// @dev The amount that the table finds in the call's arguments.
    function _amountOf(uint256 callIndex, bytes4 selector, bytes calldata data) private pure returns (uint256) {
        TokenSelectors.Entry entry = TokenSelectors.lookup(selector);
        uint256 wordIndex = entry.amountWord();
        // Unchecked: `wordIndex` is at most 255.
        unchecked {
            uint256 position = 4 + 32 * wordIndex;
            if (data.length < position + 32) revert ArgumentMissing(callIndex, wordIndex, data.length);
            return data.word(position);
        }
    }
}
