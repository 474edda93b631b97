// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// setGuardian
// ├── replaces the guardian and keeps all else: the new one may, the old one may no longer
// ├── 0 removes it: then only the account may
// └── reaches the caller's own account alone
contract SetGuardianTest is LifecycleTest {
    function test_replaces() public {
        uint256 before = _controlWord();
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.GuardianSet(ACCOUNT, STRANGER);
        module.setGuardian(STRANGER);
        assertEq(_controlWord(), (before >> 160 << 160) | uint160(STRANGER), "the guardian alone");
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, GUARDIAN));
        module.pause(ACCOUNT, keyId);
        vm.prank(STRANGER);
        module.pause(ACCOUNT, keyId);
    }

    function test_removes() public {
        vm.prank(ACCOUNT);
        module.setGuardian(address(0));
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, GUARDIAN));
        module.revokeAll(ACCOUNT);
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
    }

    function test_ownAccountOnly() public {
        uint256 before = _controlWord();
        vm.prank(GUARDIAN);
        module.setGuardian(STRANGER);
        vm.prank(key);
        module.setGuardian(key);
        assertEq(_controlWord(), before, "untouched");
    }
}
