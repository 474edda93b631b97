// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Balances} from "../frame/Balances.sol";
import {FrameHead} from "../frame/FrameHead.sol";
import {FrameRecord, FrameRecordLib} from "../frame/FrameRecord.sol";
import {FrameRules} from "../frame/FrameRules.sol";
import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {KeyChanges} from "../libraries/KeyChanges.sol";
import {RedemptionLock} from "../libraries/RedemptionLock.sol";
import {FrameHost} from "./FrameHost.sol";
import {Relaying} from "./Relaying.sol";

/// @title Both ends of a frame over native and one token, as long as nothing is out of the ordinary
/// @notice {Frames} does all others, and says what is wrong: it is asked before anything is written here.
abstract contract PlainFrameEnds is FrameHost, ISessionKeyFrame, Relaying {
    /// @inheritdoc ISessionKeyFrame
    /// @dev Where no key of the account was touched in this transaction, the key is what validation has just found it to be,
    /// within its life included: the EntryPoint holds the operation's window, which lies in it, against the clock.
    function open(uint256 id) external override {
        FrameRecord record = FrameRecordLib.recordOf(msg.sender, id);
        FrameHead head = record.head();
        if (!head.isPlainWaiting() || RedemptionLock.holder(msg.sender) != 0 || !KeyChanges.none(msg.sender)) {
            _relay(address(_FRAMES));
        }
        address token = record.meterSubject(head, 0);
        if (uint160(token) < FrameRules.FIRST_TOKEN) _relay(address(_FRAMES));
        (uint256 native, uint256 amount) = (msg.sender.balance, Balances.ofToken(token, msg.sender));
        if ((native | amount) >> 128 != 0) _relay(address(_FRAMES));
        record.putHead(head.openedPlain());
        record.putHeldFirst(native, amount);
        RedemptionLock.hold(msg.sender, FrameRecord.unwrap(record));
    }

    /// @inheritdoc ISessionKeyFrame
    function close() external override {
        // Where the lock holds no frame, nothing begins there that is one.
        FrameRecord record = FrameRecord.wrap(RedemptionLock.holder(msg.sender));
        FrameHead head = record.head();
        if (!head.isPlainOpen()) _relay(address(_FRAMES));
        (uint256 native, uint256 amount) = record.heldFirst();
        (uint256 nativeCharged, uint256 charged) = record.chargedFirst();
        uint256 now_ = Balances.ofToken(record.meterSubject(head, 0), msg.sender);
        // Unchecked: sums of a balance, which may be any number, and one of 128 bits are compared as differences.
        unchecked {
            if (msg.sender.balance + nativeCharged < native || (now_ < amount && amount - now_ > charged)) {
                _relay(address(_FRAMES));
            }
        }
        RedemptionLock.release(msg.sender);
    }
}
