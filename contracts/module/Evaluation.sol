// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SingleConditions} from "../conditions/SingleConditions.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {ForbiddenTargets} from "../policy/ForbiddenTargets.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PermissionBody} from "../policy/PermissionBody.sol";
import {PermissionHead, PermissionHeadLib} from "../policy/PermissionHead.sol";
import {PermissionTree} from "../policy/PermissionTree.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {SessionSignature} from "../policy/SessionSignature.sol";
import {TokenSelectors} from "../policy/TokenSelectors.sol";
import {ConditionHost} from "./ConditionHost.sol";
import {EXTRA_FRAME, EXTRA_METERS, Operation} from "./Operation.sol";
import {SpendingCounters} from "./SpendingCounters.sol";

/// @title The rule engine, first step: decide
/// @notice Holds an operation against every rule and sums up what it charges. Writes nothing; {_commit} of
/// {SpendingCounters} does, once the signature holds. The dry run is this very code.
/// @dev The order of checks is docs/ARCHITECTURE.md's: the key, the window, the calls one by one, the charges, the caps.
abstract contract Evaluation is ConditionHost, SpendingCounters {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;
    using TokenSelectors for TokenSelectors.Entry;

    uint256 internal constant SIGNATURE_HEAD = SessionSignature.HEAD;
    uint256 private constant PLAIN_SECTIONS = PolicyHeader.SECTION_COSIGNER | PolicyHeader.SECTION_PINNED_CODE;

    /// @dev Steps 1 and 2: the key and the account are alive, the window is well formed and inside the key's.
    function _requireAlive(Operation memory operation, SessionKey storage key) internal view {
        AccountControl control = _controls[operation.account];
        KeySettings settings = key.settings;
        if (!control.isPlain()) _requireReady(operation, control, settings);
        if (!settings.isPlain()) _requireMeasured(operation, control, settings);
        if (settings.epoch() != control.epoch()) _revertDead(operation, control, settings);
        operation.settings = settings;

        uint256 validAfter = operation.validAfter;
        uint256 validUntil = operation.validUntil;
        // The key's own end bounds validUntil to the 36 bits that counters and calendar rely on.
        if (validAfter >= validUntil) _revertWindow(operation, settings);
        if (validAfter < settings.validAfter()) _revertWindow(operation, settings);
        if (validUntil > settings.validUntil()) _revertWindow(operation, settings);
    }

    /// @dev The account is alive after all, and has ceilings; or one of its rules is broken.
    function _requireReady(Operation memory operation, AccountControl control, KeySettings settings) private view {
        if (!control.isReady()) _revertDead(operation, control, settings);
        _meetCeilings(operation);
    }

    /// @dev The key is alive after all, and measured; or one of the rules of step 1 is broken.
    function _requireMeasured(Operation memory operation, AccountControl control, KeySettings settings) private pure {
        if (!settings.isRunning()) _revertDead(operation, control, settings);
        operation.extras |= EXTRA_FRAME;
    }

    /// @dev Which rule of step 1 is broken, given that one is.
    function _revertDead(Operation memory operation, AccountControl control, KeySettings settings) private pure {
        if (!control.isValidator()) revert ModuleNotInstalled(operation.account, 1);
        _revertDeadKey(operation, control, settings);
    }

    /// @dev The same, where the module is installed for the lane.
    function _revertDeadKey(Operation memory operation, AccountControl control, KeySettings settings) internal pure {
        if (!settings.isActive()) revert KeyNotGranted(operation.keyId);
        if (settings.epoch() != control.epoch()) {
            revert KeyEpochOutdated(operation.keyId, settings.epoch(), control.epoch());
        }
        if (control.isPaused()) revert AccountPaused(operation.account);
        revert KeyPaused(operation.keyId);
    }

    /// @dev Which rule of step 2 is broken, given that one is.
    function _revertWindow(Operation memory operation, KeySettings settings) private pure {
        (uint256 validAfter, uint256 validUntil) = (operation.validAfter, operation.validUntil);
        if (validAfter >= validUntil || validUntil > KeySettingsLib.MAX_TIME) {
            revert WindowMalformed(validAfter, validUntil);
        }
        revert WindowOutsideKey(validAfter, validUntil, settings.validAfter(), settings.validUntil());
    }

    /// @dev Steps 3 to 7 for the calls: finds the permission of each in the evidence, and sums up what they charge.
    /// @param executions opened by {ExecutionDecoder}: the calls up to `end`, the walk starting at `next`, and at the call
    /// that `operation.calls` names.
    /// @param evidence up to its end, which the leaves must reach exactly.
    /// @param cursor offset of the first leaf in `evidence`.
    function _evaluateCalls(
        Operation memory operation,
        SessionKey storage key,
        bytes calldata executions,
        uint256 end,
        uint256 next,
        bytes calldata header,
        bytes calldata evidence,
        uint256 cursor
    ) internal view {
        // What covered the call before, for the next one to repeat or to be held to.
        PermissionHead head;
        bytes calldata body = evidence;
        bytes32 permissionsRoot;
        // Unchecked: counts calls.
        unchecked {
            uint256 i = operation.calls;
            operation.calls = end - i;
            for (; i < end; ++i) {
                address target;
                uint256 value;
                bytes calldata data;
                (target, value, data, next) = ExecutionDecoder.read(executions, i, end, next);
                if (ForbiddenTargets.contains(target, operation.account)) {
                    if (!_isFrameEnd(operation, i, end, target)) revert TargetForbidden(i, target);
                    continue;
                }
                bytes32 root;
                (head, body, root, cursor) =
                    _cover(key, head, body, permissionsRoot, i, target, data, evidence, cursor);
                if (root != permissionsRoot) {
                    if (permissionsRoot != 0) _revertNotPermitted(key, i, target, data);
                    permissionsRoot = root;
                    _requirePolicy(operation, key, root, header, i, target, data);
                }
                if (body.length | value != 0) {
                    // A body of one common comparison, and a call without value, need no more than this.
                    if (
                        !PermissionBody.isPlain(body, value)
                            || !SingleConditions.holdsWord(body, data, operation.account)
                    ) {
                        uint256 behind =
                            SingleConditions.holdSingle(body, value, data, operation.account, evidence, cursor);
                        if (behind == 0) {
                            behind = cursor;
                            if (!PermissionBody.isWithinCap(body, value)) {
                                behind = PermissionBody.enforce(
                                    _CONDITION_ENGINE, operation, body, i, value, data, evidence, cursor
                                );
                            }
                            operation.native = _saturatingAdd(operation.native, value);
                        }
                        cursor = behind;
                    }
                }
                _evaluateCall(operation, head, header, i, target, data);
            }
        }
        if (cursor != evidence.length) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
    }

    /// @dev Step 5: reads the leaf at `cursor`, which must fit the call, and climbs to the permissions root it claims; or
    /// repeats the permission of the call before, as the three `last…` tell.
    /// @return head what the leaf covers and charges.
    /// @return body value per call and argument conditions.
    /// @return root to be held against the stored policy's, or the last one's.
    /// @return end where the next leaf begins.
    function _cover(
        SessionKey storage key,
        PermissionHead lastHead,
        bytes calldata lastBody,
        bytes32 lastRoot,
        uint256 callIndex,
        address target,
        bytes calldata data,
        bytes calldata evidence,
        uint256 cursor
    ) private view returns (PermissionHead head, bytes calldata body, bytes32 root, uint256 end) {
        uint256 word = evidence.word(cursor);
        bool repeats = word >> 248 == 0;
        // Kind and mark then stand where a leaf has them. Before the first call they are 0, which is malformed.
        if (repeats) word = PermissionHead.unwrap(lastHead) << 48;
        uint256 kind = word >> 248;
        if (kind != PermissionHeadLib.KIND_EXACT) _requireOpenKind(kind, callIndex, data, cursor);
        // Only the kind made for empty call data covers it: with the others, a selector of zeros could pose as it.
        if ((data.length < 4) != (kind == PermissionHeadLib.KIND_EMPTY_CALLDATA)) {
            _revertNotPermitted(key, callIndex, target, data);
        }
        head = PermissionHeadLib.covering(kind, (word >> 240) & 0xff, target, bytes4(bytes32(data.word(0))));
        // Unchecked: every length added is at most 16 bits wide, and `cursor` is within calldata.
        unchecked {
            if (repeats) {
                if (PermissionHead.unwrap(head) != PermissionHead.unwrap(lastHead)) {
                    _revertNotPermitted(key, callIndex, target, data);
                }
                return (head, lastBody, lastRoot, cursor + 1);
            }
            body = evidence.slice(cursor + 4, (word >> 224) & 0xffff);
            uint256 proofOffset = cursor + 5 + body.length;
            uint256 proofLength = 32 * evidence.byteAt(proofOffset - 1);
            end = proofOffset + proofLength;
            if (end > evidence.length) {
                revert EvidenceMalformed(SIGNATURE_HEAD + (proofOffset > evidence.length ? cursor : proofOffset));
            }
            root = PermissionTree.climb(
                PermissionTree.leaf(head, body.hash()), evidence.slice(proofOffset, proofLength)
            );
        }
    }

    /// @dev A kind that is not exact is another known one; and 1 to 3 bytes of call data are nothing that any covers.
    function _requireOpenKind(uint256 kind, uint256 callIndex, bytes calldata data, uint256 cursor) private pure {
        if (!PermissionHeadLib.isKnownKind(kind)) revert EvidenceMalformed(SIGNATURE_HEAD + cursor);
        _selectorOf(data, callIndex);
    }

    /// @dev Refuses the call, which names no function if its data has 1 to 3 bytes.
    function _revertNotPermitted(SessionKey storage key, uint256 callIndex, address target, bytes calldata data)
        private
        view
    {
        revert CallNotPermitted(callIndex, target, _selectorOf(data, callIndex), key.policyRoot);
    }

    /// @dev The function a call names. Empty call data has none; 1 to 3 bytes are nothing that a permission covers.
    function _selectorOf(bytes calldata data, uint256 callIndex) internal pure returns (bytes4) {
        if (data.length >= 4) return bytes4(bytes32(data.word(0)));
        if (data.length != 0) revert SelectorIncomplete(callIndex, data.length);
        return 0;
    }

    /// @dev Step 5, once an operation: header and permissions are the stored policy's, and so is the account's code. Only
    /// from here on is the header to be trusted.
    function _requirePolicy(
        Operation memory operation,
        SessionKey storage key,
        bytes32 permissionsRoot,
        bytes calldata header,
        uint256 callIndex,
        address target,
        bytes calldata data
    ) private view {
        if (PermissionTree.root(header.hash(), permissionsRoot) != key.policyRoot) {
            _revertNotPermitted(key, callIndex, target, data);
        }
        if (header.meterCount() > 1) {
            operation.meters = new uint256[](header.meterCount());
            operation.extras |= EXTRA_METERS;
        }
        uint256 sections = header.sections();
        // A co-signer is no matter of the calls.
        if (sections & ~PolicyHeader.SECTION_COSIGNER != 0) _applySections(operation, header, sections);
    }

    /// @dev What a header says beyond meters and paymasters.
    function _applySections(Operation memory operation, bytes calldata header, uint256 sections) private view {
        if (sections & PolicyHeader.SECTION_PINNED_CODE != 0) {
            bytes32 pinned = header.pinnedCode();
            bytes32 actual = operation.account.codehash;
            if (actual != pinned) revert AccountCodeChanged(pinned, actual);
        }
        if (sections & ~PLAIN_SECTIONS != 0) _applyRareSections(operation, header, sections);
    }

    /// @dev Steps 5 and 7 for one call, given the permission that covers it: what no wildcard covers, and the charges.
    function _evaluateCall(
        Operation memory operation,
        PermissionHead head,
        bytes calldata header,
        uint256 callIndex,
        address target,
        bytes calldata data
    ) private pure {
        if (head.kind() != PermissionHeadLib.KIND_EXACT && data.length != 0) {
            bytes4 selector = _selectorOf(data, callIndex);
            if (TokenSelectors.isForbiddenByWildcard(selector)) revert SelectorForbiddenByWildcard(callIndex, selector);
        }
        if (head.mark() == PermissionHeadLib.MARK_CHARGED) {
            _chargeCall(operation, header, callIndex, head, data);
        } else if (head.mark() != PermissionHeadLib.MARK_UNCAPPED && header.meters(target)) {
            revert TokenNotCharged(callIndex, target, _selectorOf(data, callIndex));
        }
    }

    /// @dev Step 7: what one call under a charged permission, which is always exact, takes from the meters of its target.
    function _chargeCall(
        Operation memory operation,
        bytes calldata header,
        uint256 callIndex,
        PermissionHead head,
        bytes calldata data
    ) private pure {
        uint256 amount = _amountOf(callIndex, head.selector(), data);
        // A charged permission whose token has no meter was refused when it was granted; were it ever to appear, a
        // call without a charge must not pass.
        if (!_chargeToken(operation, header, head.target(), amount)) {
            revert TokenNotCharged(callIndex, head.target(), head.selector());
        }
    }

    /// @dev Adds `amount` to every meter of `token`.
    /// @return charged whether there is one.
    function _chargeToken(Operation memory operation, bytes calldata header, address token, uint256 amount)
        internal
        pure
        returns (bool charged)
    {
        uint256 count = header.meterCount();
        if (count == 0) return false;
        if (header.meterToken(0) == token) {
            charged = true;
            operation.firstMeter = _saturatingAdd(operation.firstMeter, amount);
        }
        // Unchecked: counts meters.
        unchecked {
            for (uint256 i = 1; i < count; ++i) {
                if (header.meterToken(i) != token) continue;
                charged = true;
                operation.meters[i] = _saturatingAdd(operation.meters[i], amount);
            }
        }
    }

    /// @dev The amount that the table finds in the call's arguments.
    function _amountOf(uint256 callIndex, bytes4 selector, bytes calldata data) internal pure returns (uint256) {
        uint256 wordIndex = TokenSelectors.lookup(selector).amountWord();
        // Unchecked: `wordIndex` is at most 255.
        unchecked {
            uint256 position = 4 + 32 * wordIndex;
            if (data.length < position + 32) revert ArgumentMissing(callIndex, wordIndex, data.length);
            return data.word(position);
        }
    }
}
