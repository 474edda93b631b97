// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// revoke
// ├── by the account, and by its guardian: the key is refused, and every view says zero but for the serial
// ├── takes the next serial: a grant prepared for it is burned, the one after starts fresh
// ├── a paused key, a key never granted, a key already revoked: the same
// ├── no other key and no other account is touched
// ├── at the last serial: the grant goes, and no other can follow
// └── refuses everybody else
contract RevokeTest is LifecycleTest {
    function test_byAccount() public {
        _revokes(ACCOUNT);
    }

    function test_byGuardian() public {
        _revokes(GUARDIAN);
    }

    function test_burnsThePreparedGrant() public {
        _accepts(_transferring(100));
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        limits.serial = 2;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 1, 3));
        module.grant(signer, _settings(), _header(), _permissions());
        limits.serial = 3;
        _grant();
        _accepts(_transferring(100));
    }

    function test_paused() public {
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _revokes(ACCOUNT);
    }

    function test_neverGranted() public {
        bytes memory other = abi.encodePacked(uint8(1), STRANGER);
        for (uint256 serial = 1; serial < 4; ++serial) {
            vm.prank(ACCOUNT);
            vm.expectEmit(true, true, true, true, address(module));
            emit ISessionKeyRecords.KeyRevoked(ACCOUNT, keccak256(other), serial);
            module.revoke(ACCOUNT, keccak256(other));
        }
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 4));
        module.grant(other, _settings(), _header(), _permissions());
        limits.serial = 4;
        vm.prank(ACCOUNT);
        module.grant(other, _settings(), _header(), _permissions());
    }

    function test_nothingElse() public {
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keccak256("another key"));
        vm.prank(STRANGER);
        module.revoke(STRANGER, keyId);
        _accepts(_ping());
    }

    function test_lastSerial() public {
        uint256 last = 2 ** 24 - 1;
        _setSerial(last);
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        assertEq(_settingsWord(), last << 104, "the serial alone");
        limits.serial = last;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(SerialExhausted.selector, keyId));
        module.grant(signer, _settings(), _header(), _permissions());
    }

    function test_byNobodyElse() public {
        _refusesOutsiders(abi.encodeCall(module.revoke, (ACCOUNT, keyId)));
    }

    function _revokes(address caller) private {
        if (!_state().settings.isPaused()) _accepts(_transferring(7));
        vm.prank(caller);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyRevoked(ACCOUNT, keyId, 2);
        module.revoke(ACCOUNT, keyId);
        _isGone(2);
    }
}
