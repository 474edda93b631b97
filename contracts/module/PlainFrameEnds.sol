// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Balances} from "../frame/Balances.sol";
import {FrameHead} from "../frame/FrameHead.sol";
import {FrameLife} from "../frame/FrameLife.sol";
import {FrameRecord, FrameRecordLib} from "../frame/FrameRecord.sol";
import {FrameRules} from "../frame/FrameRules.sol";
import {ISessionKeyFrame} from "../interfaces/ISessionKeyFrame.sol";
import {RedemptionLock} from "../libraries/RedemptionLock.sol";
import {FrameHost} from "./FrameHost.sol";
import {Relaying} from "./Relaying.sol";

/// @title Both ends of a frame over native and one token, as long as nothing is wrong with it
/// @notice {Frames} does all others, and says what is wrong: it is asked before anything is written here.
abstract contract PlainFrameEnds is FrameHost, FrameLife, Relaying, ISessionKeyFrame {
    /// @inheritdoc ISessionKeyFrame
    function open(uint256 id) external override {
        FrameRecord record = FrameRecordLib.recordOf(msg.sender, id);
        FrameHead head = record.head();
        address token = record.meterSubject(head, 0);
        if (
            !head.isPlainWaiting() || RedemptionLock.holder(msg.sender) != 0
                || uint160(token) < FrameRules.FIRST_TOKEN || !_isRunning(msg.sender, record, head)
        ) _relay(address(_FRAMES));
        record.putHead(head.opened());
        RedemptionLock.hold(msg.sender, FrameRecord.unwrap(record));
        record.putHeld(0, msg.sender.balance);
        record.putHeld(1, Balances.ofToken(token, msg.sender));
    }

    /// @inheritdoc ISessionKeyFrame
    function close() external override {
        // Of no frame and of a redemption's lock there is no such head.
        FrameRecord record = FrameRecord.wrap(RedemptionLock.holder(msg.sender));
        FrameHead head = record.head();
        if (
            !head.isPlainOpen() || _beyond(record, 0, msg.sender.balance) != 0
                || _beyond(record, 1, Balances.ofToken(record.meterSubject(head, 0), msg.sender)) != 0
        ) _relay(address(_FRAMES));
        RedemptionLock.release(msg.sender);
    }

    /// @dev What an asset has fallen by since the frame was opened, beyond what the calls were charged for it.
    function _beyond(FrameRecord record, uint256 asset, uint256 afterwards) private view returns (uint256) {
        return FrameRecordLib.beyond(record.held(asset), afterwards, record.chargedByCalls(asset));
    }
}
