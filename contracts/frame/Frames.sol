// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {RedemptionLock} from "../libraries/RedemptionLock.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {Balances} from "./Balances.sol";
import {Excess} from "./Excess.sol";
import {FrameHead} from "./FrameHead.sol";
import {FrameRecord, FrameRecordLib, REDEMPTION_FRAME} from "./FrameRecord.sol";
import {FrameRules} from "./FrameRules.sol";
import {RulesHeld} from "./RulesHeld.sol";

/// @title The measured frame around an operation's calls
/// @notice Notes balances before the calls and compares after them. Whoever moved a balance, it counts.
/// @dev Both ends run in the account's own call: no one but the account reaches its frame, and one inside another is
/// refused.
abstract contract Frames is Excess, ISessionKeyFrames {
    /// @inheritdoc ISessionKeyFrame
    function open(uint256 id) external override {
        FrameRecord record = FrameRecordLib.recordOf(msg.sender, id);
        FrameHead head = record.head();
        if (!head.isWaiting()) revert FrameUnknown(msg.sender, id);
        if (RedemptionLock.holder(msg.sender) != 0) revert FrameAlreadyOpen(msg.sender);
        if (!_isRunning(msg.sender, record, head)) _revertDead(msg.sender, record, head);
        _open(msg.sender, record, head);
    }

    /// @inheritdoc ISessionKeyFrame
    function close() external override {
        _close(msg.sender);
    }

    /// @inheritdoc ISessionKeyFrames
    /// @dev The redemption holds the lock, and hands it to its frame. All about the key was asked in the same call.
    function openFor(address account) external override {
        FrameRecord record = FrameRecordLib.recordOf(account, REDEMPTION_FRAME);
        _open(account, record, record.head());
    }

    /// @inheritdoc ISessionKeyFrames
    /// @dev The next redemption of the same transaction has the same id.
    function closeFor(address account) external override {
        _close(account);
        FrameRecordLib.recordOf(account, REDEMPTION_FRAME).put(0, 0);
    }

    /// @dev The key lives, now, under the very policy that validation held the operation to: what an operation earlier
    /// in the same bundle revoked or changed is refused here. A redemption needs the module as executor only, and was
    /// refused or not by that.
    function _isRunning(address account, FrameRecord record, FrameHead head) private view returns (bool) {
        SessionKey storage key = _keys[record.keyId()][account];
        (AccountControl control, KeySettings settings) = (_controls[account], key.settings);
        if (!head.isGrantOf(settings) || !control.isReady() || control.epoch() != head.epoch()) return false;
        // An update may have shortened the key's life and left the root as it was.
        if (block.timestamp > settings.validUntil() || block.timestamp < settings.validAfter()) return false;
        return key.policyRoot == record.policyRoot();
    }

    /// @dev Why the key's frame is not opened, given that it is not.
    function _revertDead(address account, FrameRecord record, FrameHead head) private view {
        bytes32 keyId = record.keyId();
        SessionKey storage key = _keys[keyId][account];
        (AccountControl control, KeySettings settings) = (_controls[account], key.settings);
        if (!control.isValidator()) revert ModuleNotInstalled(account, 1);
        if (!settings.isActive()) revert KeyNotGranted(keyId);
        if (settings.epoch() != control.epoch()) {
            revert KeyEpochOutdated(keyId, settings.epoch(), control.epoch());
        }
        if (head.epoch() != control.epoch() || head.serial() != settings.serial()) {
            revert GrantOutdated(head.epoch(), head.serial(), control.epoch(), settings.serial());
        }
        if (control.isPaused()) revert AccountPaused(account);
        if (settings.isPaused()) revert KeyPaused(keyId);
        if (key.policyRoot != record.policyRoot()) revert PolicyMismatch(key.policyRoot, record.policyRoot());
        revert WindowOutsideKey(block.timestamp, block.timestamp, settings.validAfter(), settings.validUntil());
    }

    /// @dev Notes what the account holds.
    function _open(address account, FrameRecord record, FrameHead head) private {
        record.putHead(head.opened());
        RedemptionLock.hold(account, FrameRecord.unwrap(record));
        record.putHeld(0, account.balance);
        uint256 count = head.meterCount();
        // Unchecked: counts meters.
        unchecked {
            for (uint256 i; i < count; ++i) {
                address token = record.meterSubject(head, i);
                if (uint160(token) < FrameRules.FIRST_TOKEN || record.firstMeterOf(head, token, i) != i) continue;
                record.putHeld(i + 1, Balances.ofToken(token, account));
            }
        }
        if (head.hasRules()) RulesHeld.note(account, record, head);
    }

    /// @dev The lock goes last: whatever is asked on the way finds the frame still there.
    function _close(address account) private {
        uint256 holder = RedemptionLock.holder(account);
        if (holder <= 1) revert FrameNotOpen(account);
        FrameRecord record = FrameRecord.wrap(holder);
        FrameHead head = record.head();
        if (head.isPacked()) record.unpackHeld();
        _measure(account, record, head);
        if (head.hasRules()) RulesHeld.hold(account, record, head);
        RedemptionLock.release(account);
    }

    /// @dev Charges, for native and each token meter, what left beyond the charge of the calls.
    function _measure(address account, FrameRecord record, FrameHead head) private {
        uint256 excess = FrameRecordLib.beyond(record.held(0), account.balance, record.chargedByCalls(0));
        if (excess != 0) _chargeExcess(account, record, head, FrameRules.NATIVE, excess);
        uint256 count = head.meterCount();
        // Unchecked: counts meters.
        unchecked {
            for (uint256 i; i < count; ++i) {
                address token = record.meterSubject(head, i);
                if (uint160(token) < FrameRules.FIRST_TOKEN) continue;
                uint256 first = record.firstMeterOf(head, token, i);
                (uint256 before, uint256 afterwards) = (record.held(first + 1), Balances.ofToken(token, account));
                excess = FrameRecordLib.beyond(before, afterwards, record.chargedByCalls(i + 1));
                if (excess != 0) _chargeExcess(account, record, head, i, excess);
                if (head.hasCeilings() && first == i) {
                    excess = FrameRecordLib.beyond(before, afterwards, record.word(FrameRecordLib.ceilingsOffset(head) + i));
                    if (excess != 0) _chargeCeilingExcess(account, record, i + 1, token, excess);
                }
            }
        }
    }
}
