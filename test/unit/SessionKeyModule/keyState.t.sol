// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../../../contracts/interfaces/ISessionKeyModule.sol";
import {KeySettings} from "../../../contracts/policy/KeySettings.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// keyState
// ├── a live key: control, settings, root, usage, the meters asked for in their order, and the block's time
// ├── a key never granted: the control word alone
// ├── a revoked key: zero but for the serial
// ├── granted again: counters of the earlier grant read as zero
// └── revoked with all others: what is stored, for the reader to see by the epochs
contract KeyStateTest is LifecycleTest {
    function test_live() public {
        _accepts(_transferring(7));
        ISessionKeyModule.KeyState memory state = _state();
        assertEq(state.control.guardian(), GUARDIAN, "guardian");
        assertEq(state.control.epoch(), 1, "epoch");
        assertEq(KeySettings.unwrap(state.settings), KeySettings.unwrap(_settings()), "settings");
        assertEq(state.policyRoot, _policyRoot(), "policyRoot");
        assertEq(state.usage.lastUntil(), NOON + 59, "lastUntil");
        assertEq(state.usage.uses(), 1, "uses");
        assertEq(state.usage.meterSpent(), 7, "first meter");
        assertEq(state.meters.length, 2, "meters");
        assertEq(state.meters[0].spent(), 0, "the first has no word of its own");
        assertEq(state.meters[1].spent(), 7, "second meter");
        assertEq(state.blockTime, NOON, "blockTime");
    }

    function test_neverGranted() public view {
        ISessionKeyModule.KeyState memory state = module.keyState(ACCOUNT, keccak256("other"), new uint256[](3));
        assertEq(KeySettings.unwrap(state.settings), 0, "settings");
        assertEq(state.control.epoch(), 1, "epoch");
        assertEq(state.meters.length, 3, "as many as asked for");
    }

    function test_revoked() public {
        _accepts(_transferring(7));
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _isGone(2);
    }

    function test_grantedAgain() public {
        _accepts(_transferring(7));
        limits.serial = 2;
        _grant();
        ISessionKeyModule.KeyState memory state = _state();
        assertEq(state.settings.serial(), 2, "serial");
        assertEq(keccak256(abi.encode(state.usage)), keccak256(abi.encode(0)), "usage");
        assertEq(state.meters[1].spent(), 0, "second meter");
    }

    function test_revokedWithAllOthers() public {
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        assertEq(_state().settings.epoch(), 1, "the key's");
        assertEq(_state().control.epoch(), 2, "the account's");
    }
}
