// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// resumeAccount
// ├── by the account: its keys work again, but for those paused one by one
// └── by anybody else: reaches that caller alone
contract ResumeAccountTest is LifecycleTest {
    function test_byAccount() public {
        vm.prank(GUARDIAN);
        module.pauseAccount(ACCOUNT);
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.AccountPauseSet(ACCOUNT, false);
        module.resumeAccount();
        _accepts(_ping());
    }

    function test_keyPausedByItself() public {
        vm.prank(GUARDIAN);
        module.pauseAccount(ACCOUNT);
        vm.prank(GUARDIAN);
        module.pause(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _refuses(_ping(), abi.encodeWithSelector(KeyPaused.selector, keyId));
    }

    function test_byNobodyElse() public {
        vm.prank(GUARDIAN);
        module.pauseAccount(ACCOUNT);
        address[3] memory callers = [GUARDIAN, key, STRANGER];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            module.resumeAccount();
            _refuses(_ping(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        }
    }
}
