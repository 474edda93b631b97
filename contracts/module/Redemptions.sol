// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {ExecutionDecoder} from "../libraries/ExecutionDecoder.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings, KeySettingsLib} from "../policy/KeySettings.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {FullRules} from "./FullRules.sol";
import {EXTRA_CALLS, EXTRA_CEILINGS, EXTRA_FRAME, EXTRA_REDEMPTION, Operation} from "./Operation.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The rule engine over a redemption
/// @notice The same steps as for a user operation, with the block's time as the operation's window and no gas to charge:
/// whoever sends the transaction pays. Decides all but who may send.
abstract contract Redemptions is UserOperations, FullRules {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @dev Flags and sections whose rules need more than the engine: a key that has them is refused, not half checked.
    uint256 private constant KNOWN_FLAGS = KeySettingsLib.FLAG_ACTIVE | KeySettingsLib.FLAG_PAUSED
        | KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES | KeySettingsLib.FLAG_MEASURED | KeySettingsLib.FLAG_DIRECT_LANE;
    uint256 private constant KNOWN_SECTIONS = PolicyHeader.SECTION_PINNED_CODE | PolicyHeader.SECTION_COSIGNER
        | PolicyHeader.SECTION_CHECKER | PolicyHeader.SECTION_FRAME | PolicyHeader.SECTION_CALL_METERS
        | PolicyHeader.SECTION_EXECUTE_USER_OP;

    /// @dev All of the decision but the authorization, which follows the evidence; fills `operation`, whose account is set.
    function _evaluateRedemption(
        Operation memory operation,
        bytes32 mode,
        bytes calldata executionCalldata,
        bytes calldata context
    )
        internal
        view
        returns (
            SessionKey storage key,
            bytes calldata evidence,
            bytes calldata header,
            bytes calldata authorization
        )
    {
        uint256 leavesOffset;
        (evidence, header, authorization, leavesOffset) = _open(operation, context);
        key = _keys[operation.keyId][operation.account];
        _requireOpen(operation, key);
        {
            (uint256 count, uint256 next) = ExecutionDecoder.openDefault(mode, executionCalldata);
            _evaluateCalls(operation, key, executionCalldata, count, next, header, evidence, leavesOffset);
            if (operation.extras & EXTRA_CALLS != 0) _inspectCalls(operation, executionCalldata, count, next, header);
        }
        uint256 flags = operation.settings.flags() & ~KNOWN_FLAGS;
        uint256 sections = header.sections() & ~KNOWN_SECTIONS;
        if (flags | sections != 0) revert DirectLaneUnsupported(operation.keyId, flags, sections);
        _weigh(operation, key.usage, header);
    }

    /// @dev Steps 1 and 2: the lane is open to a key that is alive, and the block's time lies in the redemption's window
    /// and in the key's. From here on the operation's window is the block's time.
    function _requireOpen(Operation memory operation, SessionKey storage key) private view {
        AccountControl control = _controls[operation.account];
        KeySettings settings = key.settings;
        if (!control.isExecutor()) revert ModuleNotInstalled(operation.account, 2);
        if (!settings.isRunning() || control.isPaused() || settings.epoch() != control.epoch()) {
            _revertDeadKey(operation, control, settings);
        }
        if (!settings.isDirect()) revert DirectLaneClosed(operation.keyId);
        if (control.hasCeilings()) operation.extras |= EXTRA_CEILINGS;
        // The frame of a redemption has no calls of its own: the module opens and closes it.
        if (settings.isMeasured()) operation.extras |= EXTRA_FRAME | EXTRA_REDEMPTION;
        operation.settings = settings;

        if (block.timestamp < operation.validAfter || block.timestamp > operation.validUntil) {
            revert RedemptionOutsideWindow(operation.validAfter, operation.validUntil, block.timestamp);
        }
        if (block.timestamp < settings.validAfter() || block.timestamp > settings.validUntil()) {
            revert WindowOutsideKey(block.timestamp, block.timestamp, settings.validAfter(), settings.validUntil());
        }
        operation.validAfter = block.timestamp;
        operation.validUntil = block.timestamp;
    }
}
