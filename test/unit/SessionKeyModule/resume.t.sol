// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// resume
// ├── by the account: the key works again, with what it had spent
// ├── never by the guardian, nor by the key: each can only reach its own keys
// ├── a key that is not paused stays as it is
// └── refuses a key that was never granted, and revives none that was revoked
contract ResumeTest is LifecycleTest {
    function test_byAccount() public {
        _accepts(_transferring(60));
        uint256 before = _settingsWord();
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyPauseSet(ACCOUNT, keyId, false);
        module.resume(keyId);
        assertEq(_settingsWord(), before, "as it was");
        _refuses(_transferring(41), _overCap(60, 41));
        _accepts(_transferring(40));
    }

    function test_byNobodyElse() public {
        vm.prank(GUARDIAN);
        module.pause(ACCOUNT, keyId);
        address[3] memory callers = [GUARDIAN, key, STRANGER];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
            module.resume(keyId);
        }
        assertTrue(_state().settings.isPaused(), "still paused");
    }

    function test_notPaused() public {
        uint256 before = _settingsWord();
        vm.prank(ACCOUNT);
        module.resume(keyId);
        assertEq(_settingsWord(), before, "as it was");
    }

    function test_revoked() public {
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        module.resume(keyId);
    }
}
