// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {AccountControl} from "../../../contracts/policy/AccountControl.sol";
import {SessionKeyTest} from "../../utils/SessionKeyTest.sol";

// onUninstall
// ├── leaves the next epoch and nothing else: neither installed, nor guardian, nor pause
// ├── takes any data, and any number of times
// ├── works for an account that never installed
// ├── kills keys for good: an install afterwards revives none
// └── at the last epoch: still works, and no install can follow
contract OnUninstallTest is SessionKeyTest {
    function test_clears() public {
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.AllKeysRevoked(ACCOUNT, 2);
        module.onUninstall("");
        assertFalse(module.isInitialized(ACCOUNT), "installed");
        assertEq(_word(ACCOUNT), uint256(2) << 160, "the epoch alone");
    }

    function test_anyDataAnyTimes() public {
        bytes[4] memory datas = [bytes(""), hex"01", hex"07", new bytes(1000)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(ACCOUNT);
            module.onUninstall(datas[i]);
            assertEq(_word(ACCOUNT), (2 + i) << 160, "one epoch each");
        }
    }

    function test_neverInstalled() public {
        vm.prank(STRANGER);
        module.onUninstall("");
        assertEq(_word(STRANGER), uint256(1) << 160, "epoch");
    }

    function test_revivesNothing() public {
        _permit(1, 3, APP, PING);
        _grant();
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _refuses(_ping(), abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
        _install(ACCOUNT, "");
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 3));
        // A grant prepared for the epoch before is dead too.
        ++limits.serial;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 3, 2));
        module.grant(signer, _settings(), _header(), _permissions());
    }

    function test_lastEpoch() public {
        _setEpoch(ACCOUNT, 2 ** 32 - 1);
        vm.prank(ACCOUNT);
        module.onUninstall("");
        assertEq(_word(ACCOUNT), uint256(2 ** 32 - 1) << 160, "not installed");
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(EpochExhausted.selector, 2 ** 32 - 1));
        module.onInstall(hex"01");
    }

    function _word(address account) private view returns (uint256) {
        return AccountControl.unwrap(module.keyState(account, 0, new uint256[](0)).control);
    }
}
