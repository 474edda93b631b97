// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// pauseAccount
// ├── by the account, and by its guardian: every key of the account is refused, no other account's
// ├── keeps epoch, guardian and every key's own word
// └── refuses everybody else
contract PauseAccountTest is LifecycleTest {
    function test_byAccountAndGuardian() public {
        address[2] memory callers = [ACCOUNT, GUARDIAN];
        for (uint256 i; i < 2; ++i) {
            uint256 control = _controlWord();
            uint256 settings = _settingsWord();
            vm.prank(callers[i]);
            vm.expectEmit(true, true, true, true, address(module));
            emit ISessionKeyRecords.AccountPauseSet(ACCOUNT, true);
            module.pauseAccount(ACCOUNT);
            assertEq(_controlWord(), control | (1 << 194), "the flag alone");
            assertEq(_settingsWord(), settings, "keys stay as they are");
            _refuses(_ping(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
            vm.prank(ACCOUNT);
            module.resumeAccount();
            assertEq(_controlWord(), control, "as it was");
        }
    }

    function test_noOtherAccount() public {
        vm.prank(STRANGER);
        module.pauseAccount(STRANGER);
        _accepts(_ping());
    }

    function test_byNobodyElse() public {
        _refusesOutsiders(abi.encodeCall(module.pauseAccount, (ACCOUNT)));
    }
}
