// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {AccountControl} from "../../../contracts/policy/AccountControl.sol";
import {SessionKeyTest} from "../../utils/SessionKeyTest.sol";

// onInstall
// ├── as validator: installs and starts epoch 1, for the caller alone
// ├── with a guardian: sets it, and says so
// ├── never fails as a duplicate
// │   ├── a second install starts the next epoch and keeps guardian and pause
// │   └── and kills the keys of the one before
// ├── refuses every other module type, naming it
// ├── refuses data of any length but 1 and 21
// └── at the last epoch: refused, since nothing could be revoked any more
contract OnInstallTest is SessionKeyTest {
    address private constant NEW = address(uint160(uint256(keccak256("new account"))));

    function test_installs() public {
        assertFalse(module.isInitialized(NEW), "before");
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.AllKeysRevoked(NEW, 1);
        _install(NEW, "");
        assertTrue(module.isInitialized(NEW), "after");
        _control(NEW, address(0), 1, false);
    }

    function test_guardian() public {
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.GuardianSet(NEW, GUARDIAN);
        _install(NEW, abi.encodePacked(GUARDIAN));
        _control(NEW, GUARDIAN, 1, false);
    }

    function test_again() public {
        _install(NEW, abi.encodePacked(GUARDIAN));
        vm.prank(NEW);
        module.pauseAccount(NEW);
        _install(NEW, "");
        _control(NEW, GUARDIAN, 2, true);
        _install(NEW, abi.encodePacked(STRANGER));
        _control(NEW, STRANGER, 3, true);
    }

    function test_againKillsKeys() public {
        _permit(1, 3, APP, PING);
        _grant();
        _install(ACCOUNT, "");
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
    }

    function test_otherModuleTypes() public {
        for (uint256 moduleType; moduleType < 256; ++moduleType) {
            assertEq(module.isModuleType(moduleType), moduleType == 1 || moduleType == 2, "isModuleType");
            if (moduleType == 1 || moduleType == 2) continue;
            vm.prank(NEW);
            vm.expectRevert(abi.encodeWithSelector(ModuleTypeUnsupported.selector, moduleType));
            module.onInstall(abi.encodePacked(uint8(moduleType)));
        }
    }

    function test_dataLength() public {
        for (uint256 length; length < 40; ++length) {
            // 22: an empty owner route behind the guardian.
            if (length == 1 || length == 21 || length == 22) continue;
            bytes memory data = new bytes(length);
            if (length > 0) data[0] = 0x01;
            vm.prank(NEW);
            vm.expectRevert(abi.encodeWithSelector(InstallDataMalformed.selector, length));
            module.onInstall(data);
        }
    }

    function test_lastEpoch() public {
        _setEpoch(NEW, 2 ** 32 - 2);
        _install(NEW, "");
        _control(NEW, address(0), 2 ** 32 - 1, false);
        vm.prank(NEW);
        vm.expectRevert(abi.encodeWithSelector(EpochExhausted.selector, 2 ** 32 - 1));
        module.onInstall(hex"01");
    }

    function _control(address account, address guardian, uint256 epoch, bool paused) private view {
        AccountControl control = module.keyState(account, 0, new uint256[](0)).control;
        assertEq(control.guardian(), guardian, "guardian");
        assertEq(control.epoch(), epoch, "epoch");
        assertEq(control.isPaused(), paused, "paused");
        assertTrue(control.isValidator(), "installed");
    }
}
