// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {ForbiddenTargets} from "../policy/ForbiddenTargets.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PermissionBody} from "../policy/PermissionBody.sol";
import {PermissionHead, Permissions} from "../policy/Permissions.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {SpendingCounters} from "./SpendingCounters.sol";

/// @title The rule engine, first step: decide
/// @notice `evaluate` holds an operation against every rule and returns what it operation. It writes nothing; {_commit} of
/// {SpendingCounters} does, once the signature holds. The dry run is this very code.
/// @dev The order of checks is docs/ARCHITECTURE.md's: the key, the window, the calls one by one, the charges, the caps.
abstract contract Evaluation is SpendingCounters {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;
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
        if (!control.isValidator()) revert ModuleNotInstalled(account, 1);
        if (!settings.isActive()) revert KeyNotGranted(keyId);
        if (settings.epoch() != control.epoch()) revert KeyEpochOutdated(keyId, settings.epoch(), control.epoch());
        if (control.isPaused()) revert AccountPaused(account);
        if (settings.isPaused()) revert KeyPaused(keyId);
    }

    /// @dev Step 2: the window is well formed and inside the key's.
    function _requireWindow(KeySettings settings, uint256 validAfter, uint256 validUntil) internal pure {
        if (validAfter >= validUntil || validUntil > KeySettingsLib.MAX_TIME) {
            revert WindowMalformed(validAfter, validUntil);
        }
        if (validAfter < settings.validAfter() || validUntil > settings.validUntil()) {
            revert WindowOutsideKey(validAfter, validUntil, settings.validAfter(), settings.validUntil());
        }
    }

    /// @dev Steps 3 to 7 for the calls: decodes them, finds the permission of each in the evidence, and sums up what they
    /// charge into `operation`.
    /// @param evidence up to its end, which the leaves must reach exactly.
    /// @param header lies in `evidence`, right before the first leaf.
    function _evaluateCalls(
        Operation memory operation,
        address account,
        bytes32 policyRoot,
        bytes calldata callData,
        bytes calldata header,
        bytes calldata evidence
    ) internal view {
        (bytes calldata executions, uint256 count, uint256 next) = ExecutionDecoder.open(callData);
        operation.calls = count;
        uint256 cursor = evidence.offsetOf(header) + header.length;
        // The permission of the call before, for the next call to repeat.
        PermissionHead permission;
        bytes calldata body = evidence;
        bytes32 permissionsRoot;
        for (uint256 i; i < count; ++i) {
            address target;
            uint256 value;
            bytes calldata data;
            (target, value, data, next) = ExecutionDecoder.read(executions, count, next, i);
            if (ForbiddenTargets.contains(target, account)) revert TargetForbidden(i, target);
            bytes4 selector = _selectorOf(data, i);

            PermissionHead claimed = _claimed(evidence, cursor, permission, target, selector);
            bool permitted = (data.length == 0) == (claimed.kind() == Permissions.KIND_EMPTY_CALLDATA);
            if (evidence.byteAt(cursor) == 0) {
                permitted = permitted && PermissionHead.unwrap(claimed) == PermissionHead.unwrap(permission);
                ++cursor;
            } else {
                bytes calldata proof;
                (body, proof, cursor) = _readLeaf(evidence, cursor);
                bytes32 root = PermissionTree.climb(PermissionTree.leaf(claimed, body.hash()), proof);
                if (i == 0) {
                    permitted = permitted && PermissionTree.root(header.hash(), root) == policyRoot;
                    permissionsRoot = root;
                } else {
                    permitted = permitted && root == permissionsRoot;
                }
                permission = claimed;
            }
            if (!permitted) revert CallNotPermitted(i, target, selector, policyRoot);
            if (i == 0) {
                // From here on the header is known to be the policy's.
                _openMeters(operation, header);
                _requirePinnedCode(header, account);
            }

            if (Permissions.isWildcard(permission.kind()) && TokenSelectors.isForbiddenByWildcard(selector)) {
                revert SelectorForbiddenByWildcard(i, selector);
            }
            PermissionBody.enforce(body, i, value, data, account);
            operation.native = _saturatingAdd(operation.native, value);
            if (permission.mark() != Permissions.MARK_UNCAPPED) {
                _chargeCall(operation, header, permission.mark(), i, target, selector, data);
            }
        }
        if (cursor != evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
    }

    /// @dev The function a call names. Empty call data has none; 1 to 3 bytes are nothing that a permission covers.
    function _selectorOf(bytes calldata data, uint256 callIndex) private pure returns (bytes4) {
        if (data.length >= 4) return bytes4(bytes32(data.word(0)));
        if (data.length != 0) revert SelectorIncomplete(callIndex, data.length);
        return 0;
    }

    /// @dev Step 5: what the leaf at the cursor claims to permit, for a call of `selector` on `target`.
    /// @param previous the permission of the call before, which a leaf of one zero byte claims again.
    function _claimed(
        bytes calldata evidence,
        uint256 cursor,
        PermissionHead previous,
        address target,
        bytes4 selector
    ) private pure returns (PermissionHead) {
        uint256 kindAndMark = evidence.word(cursor) >> 240;
        if (kindAndMark >> 8 == 0) kindAndMark = PermissionHead.unwrap(previous) >> 192;
        // Before the first call there is no permission, and 0 is no kind.
        if (cursor >= evidence.length || !Permissions.isKnownKind(kindAndMark >> 8)) {
            revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
        }
        return Permissions.covering(kindAndMark, target, selector);
    }

    /// @dev Body and proof of the leaf at the cursor, and where the next one begins.
    function _readLeaf(bytes calldata evidence, uint256 cursor)
        private
        pure
        returns (bytes calldata body, bytes calldata proof, uint256 end)
    {
        // Unchecked: every length added is at most 16 bits wide, and `cursor` is within calldata.
        unchecked {
            uint256 bodyLength = (evidence.word(cursor) >> 224) & 0xffff;
            body = evidence.slice(cursor + LEAF_HEAD, bodyLength);
            uint256 proofOffset = cursor + LEAF_HEAD + bodyLength + 1;
            uint256 proofLength = 32 * evidence.byteAt(proofOffset - 1);
            proof = evidence.slice(proofOffset, proofLength);
            end = proofOffset + proofLength;
            if (proofOffset > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
            if (end > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + proofOffset);
        }
    }

    function _requirePinnedCode(bytes calldata header, address account) private view {
        if (header.sections() & PolicyHeader.SECTION_PINNED_CODE == 0) return;
        bytes32 pinned = header.pinnedCode();
        if (account.codehash != pinned) revert AccountCodeChanged(pinned, account.codehash);
    }

    /// @dev Step 7: what one call takes from the meters of its target.
    function _chargeCall(
        Operation memory operation,
        bytes calldata header,
        uint256 mark,
        uint256 callIndex,
        address target,
        bytes4 selector,
        bytes calldata data
    ) private pure {
        uint256 amount;
        bool counted = mark != Permissions.MARK_CHARGED;
        uint256 count = header.meterCount();
        for (uint256 i; i < count; ++i) {
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
