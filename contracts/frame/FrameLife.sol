// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeyStore} from "../module/KeyStore.sol";
import {AccountControl} from "../policy/AccountControl.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {FrameHead} from "./FrameHead.sol";
import {FrameRecord} from "./FrameRecord.sol";

/// @title Whether the key of a staged frame is still what validation found
abstract contract FrameLife is KeyStore {
    /// @dev The key lives, now, under the very policy that validation held the operation to: what an operation earlier
    /// in the same bundle revoked or changed is refused here. A redemption needs the module as executor only, and was
    /// refused or not by that.
    function _isRunning(address account, FrameRecord record, FrameHead head) internal view returns (bool) {
        SessionKey storage key = _keys[record.keyId()][account];
        (AccountControl control, KeySettings settings) = (_controls[account], key.settings);
        if (!head.isGrantOf(settings) || !control.isReady() || control.epoch() != head.epoch()) return false;
        // An update may have shortened the key's life and left the root as it was.
        if (block.timestamp > settings.validUntil() || block.timestamp < settings.validAfter()) return false;
        return key.policyRoot == record.policyRoot();
    }
}
