// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl} from "../../../contracts/policy/AccountControl.sol";
import {EXACT, MOVES_NOTHING} from "../../utils/Codes.sol";
import {DirectLaneTest} from "../../utils/DirectLaneTest.sol";

// onInstall and onUninstall: the module as executor, type 2
// ├── install
// │   ├── spares the keys where the account says that the module is its validator
// │   ├── starts a new epoch where it says no, reverts, answers too little or nothing, or anything but `true`
// │   ├── and where the module itself knows of no install as validator, whatever the account says
// │   ├── sets a guardian that comes with it, and keeps one that does not
// │   └── an install as validator afterwards starts a new epoch, always
// └── uninstall: always a new epoch
//     ├── of one type leaves the other, with guardian and pause, where the account has it still
//     ├── of the wrong type, or of none, leaves nothing that the account has not
//     └── at the last epoch: leaves nothing
contract ExecutorInstallationTest is DirectLaneTest {
    uint256 private constant VALIDATOR = 1 << 192;
    uint256 private constant EXECUTOR = 1 << 193;
    uint256 private constant PAUSED_BIT = 1 << 194;

    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
    }

    function test_sparesKeys() public {
        // Base setUp installed twice as validator, then as executor.
        assertEq(_word(), uint160(GUARDIAN) | (2 << 160) | VALIDATOR | EXECUTOR, "control");
        _redeemable(_ping());
        _accepts(_ping());
        vm.prank(ACCOUNT);
        module.onInstall(hex"02");
        _redeemable(_ping());
    }

    function test_accountSaysNo() public {
        // false; a revert; one byte; nothing; no code; 2 for true; a word of ones.
        bytes[7] memory codes = [
            bytes(hex"60205ff3"),
            hex"5f5ffd",
            hex"60015f5260015ff3",
            hex"00",
            hex"",
            hex"60025f5260205ff3",
            hex"5f195f5260205ff3"
        ];
        for (uint256 i; i < codes.length; ++i) {
            vm.etch(ACCOUNT, codes[i]);
            vm.prank(ACCOUNT);
            module.onInstall(hex"02");
            assertEq(_word(), uint160(GUARDIAN) | ((3 + i) << 160) | VALIDATOR | EXECUTOR, "next epoch");
        }
        // A plain yes.
        vm.etch(ACCOUNT, hex"60015f5260205ff3");
        vm.prank(ACCOUNT);
        module.onInstall(hex"02");
        assertEq(_word(), uint160(GUARDIAN) | (9 << 160) | VALIDATOR | EXECUTOR, "same epoch");
    }

    function test_saysYesWithoutInstall() public {
        vm.etch(STRANGER, hex"60015f5260205ff3");
        vm.prank(STRANGER);
        module.onInstall(hex"02");
        assertEq(_wordOf(STRANGER), (1 << 160) | EXECUTOR, "first epoch");
        assertTrue(module.isInitialized(STRANGER), "initialized");
    }

    function test_guardian() public {
        vm.prank(ACCOUNT);
        module.onInstall(abi.encodePacked(uint8(2), STRANGER));
        assertEq(_word(), uint160(STRANGER) | (2 << 160) | VALIDATOR | EXECUTOR, "guardian");
    }

    function test_validatorAfterwards() public {
        vm.prank(ACCOUNT);
        module.onInstall(hex"01");
        assertEq(_word(), uint160(GUARDIAN) | (3 << 160) | VALIDATOR | EXECUTOR, "next epoch");
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 2, 3));
    }

    function test_uninstallOne() public {
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        uint256 snapshot = vm.snapshotState();
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        assertEq(_word(), uint160(GUARDIAN) | (3 << 160) | VALIDATOR | PAUSED_BIT, "validator left");
        _uninstallByAccount(ACCOUNT, 1, hex"01");
        assertEq(_word(), 4 << 160, "nothing left");
        vm.revertToState(snapshot);
        _uninstallByAccount(ACCOUNT, 1, hex"01");
        assertEq(_word(), uint160(GUARDIAN) | (3 << 160) | EXECUTOR | PAUSED_BIT, "executor left");
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        assertEq(_word(), 4 << 160, "nothing left");
    }

    function test_uninstallKillsKeysOfBothLanes() public {
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 2, 3));
        _installByAccount(ACCOUNT, 2, hex"02");
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 2, 3));
    }

    function test_wrongData() public {
        bytes[4] memory datas = [bytes(""), hex"01", hex"03", new bytes(100)];
        for (uint256 i; i < 4; ++i) {
            uint256 snapshot = vm.snapshotState();
            _uninstallByAccount(ACCOUNT, 2, datas[i]);
            assertEq(_word(), 3 << 160, "nothing left");
            vm.revertToState(snapshot);
        }
        _uninstallByAccount(ACCOUNT, 1, hex"02");
        assertEq(_word(), 3 << 160, "nothing left");
    }

    function test_lastEpoch() public {
        _setEpoch(ACCOUNT, 2 ** 32 - 1);
        // Sparing the keys needs no epoch.
        vm.prank(ACCOUNT);
        module.onInstall(hex"02");
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        assertEq(_word(), uint256(2 ** 32 - 1) << 160, "nothing left");
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(EpochExhausted.selector, 2 ** 32 - 1));
        module.onInstall(hex"02");
    }

    function _word() private view returns (uint256) {
        return _wordOf(ACCOUNT);
    }

    function _wordOf(address account) private view returns (uint256) {
        return AccountControl.unwrap(module.keyState(account, 0, new uint256[](0)).control);
    }
}
