// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {KeySettings} from "../../../../contracts/policy/KeySettings.sol";
import {ACTIVE, DAY, EXACT, MOVES_NOTHING, PAUSED} from "../../../utils/Codes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {UpdateTest} from "../../../utils/UpdateTest.sol";

// update
// ├── stores the new settings and root, emits the whole policy; what the old policy allowed is refused
// ├── live keys only: refuses one never granted, one revoked, one of an earlier epoch, one of another account
// ├── refuses an account that has uninstalled the module
// ├── epoch and serial: those of the grant, refuses one less and one more
// ├── old policy: refuses another header, and another permissions root, naming stored and computed
// ├── keeps the pause: a paused key stays paused, one that is not stays so; PAUSED itself cannot be set
// ├── works while the account is paused
// └── holds the new policy against every rule of a grant
contract UpdateKeyTest is UpdateTest {
    function setUp() public override {
        super.setUp();
        _meter(TOKEN, DAY, 100);
        _start();
    }

    function test_storesAndEmits() public {
        Draft memory old = _draft(_pay(TOKEN, 1));
        limits.validUntil += 1;
        _meter(OTHER, DAY, 50);
        _permitAll();
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyUpdated(ACCOUNT, keyId, signer, _settings(), _header(), _permissions());
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldPermissionsRoot);
        assertEq(KeySettings.unwrap(_state().settings), KeySettings.unwrap(_settings()), "settings");
        assertEq(_state().policyRoot, _policyRoot(), "policyRoot");
        _accepts(_pay(OTHER, 50));
        _refuses(old, abi.encodeWithSelector(CallNotPermitted.selector, 0, TOKEN, TRANSFER, _policyRoot()));
    }

    function test_neverGranted() public {
        signer = abi.encodePacked(uint8(1), STRANGER);
        _refusesUpdate(abi.encodeWithSelector(KeyNotGranted.selector, keccak256(signer)));
    }

    function test_revoked() public {
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _refusesUpdate(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_earlierEpoch() public {
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        bytes memory problem = abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2);
        _refusesUpdate(problem);
        limits.epoch = 2;
        _refusesUpdate(problem);
    }

    function test_anotherAccountsKey() public {
        _install(STRANGER, "");
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldPermissionsRoot);
    }

    function test_uninstalled() public {
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _refusesUpdate(abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
    }

    function test_epochAndSerial() public {
        limits.epoch = 2;
        _refusesUpdate(abi.encodeWithSelector(GrantOutdated.selector, 2, 1, 1, 1));
        limits.epoch = 1;
        for (uint256 serial; serial < 4; ++serial) {
            if (serial == 1) continue;
            limits.serial = serial;
            _refusesUpdate(abi.encodeWithSelector(GrantOutdated.selector, 1, serial, 1, 1));
        }
        limits.serial = 1;
        _update();
    }

    function test_oldPolicy() public {
        bytes32 stored = _policyRoot();
        oldHeader[5] ^= 0x01;
        _refusesUpdate(
            abi.encodeWithSelector(
                PolicyMismatch.selector, stored, PolicyBytes.policyRoot(oldHeader, oldPermissionsRoot)
            )
        );
        oldHeader[5] ^= 0x01;
        oldPermissionsRoot = keccak256("another");
        _refusesUpdate(
            abi.encodeWithSelector(
                PolicyMismatch.selector, stored, PolicyBytes.policyRoot(oldHeader, oldPermissionsRoot)
            )
        );
    }

    /// @dev The same update cannot be sent twice to any effect: the second finds another policy.
    function test_oldPolicyOfTwoUpdatesAgo() public {
        bytes memory firstHeader = oldHeader;
        _meter(OTHER, DAY, 50);
        _update();
        oldHeader = firstHeader;
        _refusesUpdate(
            abi.encodeWithSelector(
                PolicyMismatch.selector, _policyRoot(), PolicyBytes.policyRoot(firstHeader, oldPermissionsRoot)
            )
        );
    }

    function test_keepsThePause() public {
        _update();
        assertFalse(_state().settings.isPaused(), "not paused");
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _permitAll();
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyUpdated(
            ACCOUNT, keyId, signer, _settings().withPaused(true), _header(), _permissions()
        );
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldPermissionsRoot);
        assertTrue(_state().settings.isPaused(), "paused");
        limits.flags = ACTIVE | PAUSED;
        _refusesUpdate(abi.encodeWithSelector(FlagsInvalid.selector, ACTIVE | PAUSED));
    }

    function test_whileTheAccountIsPaused() public {
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _update();
        _refuses(_pay(TOKEN, 1), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
    }

    function test_everyRuleOfAGrant() public {
        limits.validUntil = NOON;
        _refusesUpdate(abi.encodeWithSelector(ExpiryInvalid.selector, limits.validAfter, NOON, NOON));
        limits.validUntil = NOON + 1;
        limits.nativeCap = 1;
        _refusesUpdate(abi.encodeWithSelector(LimitIncomplete.selector, 0, 1, 0));
        limits.nativeCap = 0;
        _meter(TOKEN, DAY, 1);
        _refusesUpdate(abi.encodeWithSelector(MeterDuplicate.selector, 0, 1));
        meters.pop();
        _permit(EXACT, MOVES_NOTHING, TOKEN, PING);
        _refusesUpdate(abi.encodeWithSelector(PermissionNotCharged.selector, 2, TOKEN, PING));
    }
}
