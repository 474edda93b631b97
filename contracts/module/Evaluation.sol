// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {ForbiddenTargets} from "../policy/ForbiddenTargets.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {PermissionBody} from "../policy/PermissionBody.sol";
import {Permissions} from "../policy/Permissions.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {SpendingCounters} from "./SpendingCounters.sol";

/// @title The rule engine, first step: decide
/// @notice `evaluate` holds an operation against every rule and returns what it charges. It writes nothing; {_commit} of
/// {SpendingCounters} does, once the signature holds. The dry run is this very code.
/// @dev The order of checks is docs/ARCHITECTURE.md's: the key, the window, the calls one by one, the charges, the caps.
abstract contract Evaluation is SpendingCounters {
    using CalldataWord for bytes;
    using ExecutionDecoder for ExecutionDecoder.Calls;
    using PolicyHeader for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    /// @dev What stands before the evidence in a signature: validAfter 5 · validUntil 5 · evidenceLength 2.
    uint256 internal constant SIGNATURE_HEAD = 12;

    /// @dev What a lane asks to be decided.
    struct Request {
        address account;
        bytes32 keyId;
        uint256 validAfter;
        uint256 validUntil;
        /// @dev Native charge that is not a call's value: the largest gas cost, if the account pays.
        uint256 gasCost;
    }

    /// @dev The permission that covered the call before, for the next call to repeat.
    struct Covering {
        bytes32 permissionsRoot;
        /// @dev The stored policy's, for refusals to name.
        bytes32 policyRoot;
        uint256 kind;
        uint256 mark;
        address target;
        bytes4 selector;
        uint256 bodyOffset;
        uint256 bodyLength;
        /// @dev Where the walk over the evidence stands.
        uint256 cursor;
    }

    /// @dev Step 1: the key and the account are alive.
    function _requireAlive(address account, bytes32 keyId) internal view returns (KeySettings settings) {
        AccountControl control = _controls[account];
        if (!control.isValidator()) revert ModuleNotInstalled(account, 1);
        settings = _keys[keyId][account].settings;
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
    /// charge into `charges`.
    /// @param evidence up to its end, which the leaves must reach exactly.
    /// @param cursor offset of the first leaf in `evidence`.
    function _evaluateCalls(
        Charges memory charges,
        address account,
        bytes32 policyRoot,
        bytes calldata callData,
        bytes calldata header,
        bytes calldata evidence,
        uint256 cursor
    ) internal view {
        (ExecutionDecoder.Calls memory calls, bytes calldata executions) = ExecutionDecoder.open(callData);
        Covering memory covering;
        covering.cursor = cursor;
        covering.policyRoot = policyRoot;
        charges.calls = calls.count;
        for (uint256 i; i < calls.count; ++i) {
            (address target, uint256 value, bytes calldata data) = calls.read(executions, i);
            if (ForbiddenTargets.contains(target, account)) revert TargetForbidden(i, target);
            bytes4 selector = _selectorOf(data, i);
            _cover(covering, i, target, selector, data.length == 0, evidence);
            if (i == 0) {
                if (PermissionTree.root(header.hash(), covering.permissionsRoot) != policyRoot) {
                    revert CallNotPermitted(0, target, selector, policyRoot);
                }
                _openMeters(charges, header);
                _requirePinnedCode(header, account);
            }
            if (Permissions.isWildcard(covering.kind) && TokenSelectors.isForbiddenByWildcard(selector)) {
                revert SelectorForbiddenByWildcard(i, selector);
            }
            PermissionBody.enforce(
                evidence.slice(covering.bodyOffset, covering.bodyLength), i, value, data, account
            );
            charges.native = _saturatingAdd(charges.native, value);
            if (covering.mark != Permissions.MARK_UNCAPPED) {
                _chargeCall(charges, header, covering.mark, i, target, selector, data);
            }
        }
        if (covering.cursor != evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + covering.cursor);
    }

    /// @dev The function a call names. Empty call data has none; 1 to 3 bytes are nothing that a permission covers.
    function _selectorOf(bytes calldata data, uint256 callIndex) private pure returns (bytes4) {
        if (data.length >= 4) return bytes4(bytes32(data.word(0)));
        if (data.length != 0) revert SelectorIncomplete(callIndex, data.length);
        return 0;
    }

    /// @dev Step 5: reads the leaf at the cursor, and proves it under the same permissions root as the calls before. The
    /// first call's root is compared with the stored policy by the caller.
    function _cover(
        Covering memory covering,
        uint256 callIndex,
        address target,
        bytes4 selector,
        bool empty,
        bytes calldata evidence
    ) private pure {
        uint256 cursor = covering.cursor;
        if (cursor >= evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
        uint256 kind = evidence.byteAt(cursor);
        bool repeats = kind == 0;
        if (repeats) kind = covering.kind;
        if (!Permissions.isKnownKind(kind)) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
        if (empty != (kind == Permissions.KIND_EMPTY_CALLDATA)) {
            revert CallNotPermitted(callIndex, target, selector, covering.policyRoot);
        }
        (address leafTarget, bytes4 leafSelector) = Permissions.leafOf(kind, target, selector);

        if (repeats) {
            if (leafTarget != covering.target || leafSelector != covering.selector) {
                revert CallNotPermitted(callIndex, target, selector, covering.policyRoot);
            }
            covering.cursor = cursor + 1;
            return;
        }

        // Unchecked: every length added is at most 16 bits wide, and `cursor` is within calldata.
        unchecked {
            covering.kind = kind;
            covering.mark = evidence.byteAt(cursor + 1);
            covering.target = leafTarget;
            covering.selector = leafSelector;
            covering.bodyLength = evidence.word(cursor + 2) >> 240;
            covering.bodyOffset = cursor + 4;
            uint256 proofOffset = covering.bodyOffset + covering.bodyLength + 1;
            if (proofOffset > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
            uint256 proofLength = 32 * evidence.byteAt(proofOffset - 1);
            if (proofOffset + proofLength > evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + proofOffset);
            covering.cursor = proofOffset + proofLength;
            bytes32 leaf = PermissionTree.leaf(
                kind,
                covering.mark,
                leafTarget,
                leafSelector,
                evidence.slice(covering.bodyOffset, covering.bodyLength).hash()
            );
            bytes32 root = PermissionTree.climb(leaf, evidence.slice(proofOffset, proofLength));
            if (callIndex == 0) {
                covering.permissionsRoot = root;
            } else if (covering.permissionsRoot != root) {
                revert CallNotPermitted(callIndex, target, selector, covering.policyRoot);
            }
        }
    }

    function _requirePinnedCode(bytes calldata header, address account) private view {
        if (header.sections() & PolicyHeader.SECTION_PINNED_CODE == 0) return;
        bytes32 pinned = header.pinnedCode();
        if (account.codehash != pinned) revert AccountCodeChanged(pinned, account.codehash);
    }

    /// @dev Step 7: what one call takes from the meters of its target.
    function _chargeCall(
        Charges memory charges,
        bytes calldata header,
        uint256 mark,
        uint256 callIndex,
        address target,
        bytes4 selector,
        bytes calldata data
    ) private pure {
        uint256 amount;
        bool counted = mark != Permissions.MARK_CHARGED;
        for (uint256 i; i < charges.meters.length; ++i) {
            if (header.meterToken(i) != target) continue;
            if (mark != Permissions.MARK_CHARGED) revert TokenNotCharged(callIndex, target, selector);
            if (!counted) {
                amount = _amountOf(callIndex, selector, data);
                counted = true;
            }
            charges.meters[i] = _saturatingAdd(charges.meters[i], amount);
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
