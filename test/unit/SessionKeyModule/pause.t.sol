// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// pause
// ├── by the account, and by its guardian: the key is refused, says so, and keeps all else
// ├── refuses the key itself, a stranger, another account, and the guardian of another account
// ├── twice is once
// └── refuses a key that was never granted, and one that was revoked
contract PauseTest is LifecycleTest {
    function test_byAccountAndGuardian() public {
        address[2] memory callers = [ACCOUNT, GUARDIAN];
        for (uint256 i; i < 2; ++i) {
            uint256 before = _settingsWord();
            vm.prank(callers[i]);
            vm.expectEmit(true, true, true, true, address(module));
            emit ISessionKeyRecords.KeyPauseSet(ACCOUNT, keyId, true);
            module.pause(ACCOUNT, keyId);
            assertEq(_settingsWord(), before | (1 << 249), "the flag alone");
            _refuses(_ping(), abi.encodeWithSelector(KeyPaused.selector, keyId));
            vm.prank(ACCOUNT);
            module.resume(keyId);
        }
    }

    function test_byNobodyElse() public {
        _refusesOutsiders(abi.encodeCall(module.pause, (ACCOUNT, keyId)));
    }

    function test_twice() public {
        for (uint256 i; i < 2; ++i) {
            vm.prank(GUARDIAN);
            module.pause(ACCOUNT, keyId);
        }
        assertTrue(_state().settings.isPaused(), "paused");
    }

    function test_notGranted() public {
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keccak256("other")));
        module.pause(ACCOUNT, keccak256("other"));
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        module.pause(ACCOUNT, keyId);
    }
}
