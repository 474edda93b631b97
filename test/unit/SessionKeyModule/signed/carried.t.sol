// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {KeySettings} from "../../../../contracts/policy/KeySettings.sol";
import {KeyUsage} from "../../../../contracts/policy/KeyUsage.sol";
import {CHARGED, EXACT} from "../../../utils/Codes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SignedGrantTest} from "../../../utils/SignedGrantTest.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

// an operation that carries its grant
// ├── stores settings and root, emits the whole policy, counts itself; the next one needs no grant
// ├── preview tells its figures and writes nothing
// ├── a wrong key signature returns SIG_VALIDATION_FAILED and counts nothing (the EntryPoint undoes the grant, which the
// │   owner signed and anyone could submit); the key signs the grant too
// ├── the rules of the carried policy hold: cap to the unit
// ├── deadline: takes a window that ends at it, refuses one that ends a second later
// ├── used once: identical and alive it is skipped, after an update or a revoke refused, after revokeAll too
// ├── serial and epoch: the next and the current one, refuses others
// ├── refused while the key or the account is paused
// ├── replaces an earlier policy whole: nothing of the old one passes beside the new settings
// └── never for a key that the policy checks refuse
contract CarriedGrantTest is SignedGrantTest {
    function test_storesAndCounts() public {
        Draft memory draft = _carrying(40);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyGranted(ACCOUNT, keyId, signer, _settings(), _header(), _permissions());
        PackedUserOperation memory op = _signed(draft);
        assertEq(_validate(op), (draft.validAfter << 208) | (draft.validUntil << 160), "validation data");
        assertEq(KeySettings.unwrap(_state().settings), KeySettings.unwrap(_settings()), "settings");
        assertEq(_state().policyRoot, _policyRoot(), "policyRoot");
        assertEq(_state().usage.meterSpent(), 40, "spent");
        _accepts(_transfer(60));
    }

    function test_preview() public {
        PackedUserOperation memory op = _signed(_carrying(40));
        ISessionKeyRecords.Preview memory it = _previewsCarried(op);
        assertEq(it.keyId, keyId, "keyId");
        assertEq(it.meterCharges[0], 40, "charge");
        assertEq(it.meterLeft[0], 60, "left");
        assertEq(KeySettings.unwrap(_state().settings), 0, "nothing written");
    }

    function test_previewRefuses() public {
        PackedUserOperation memory op = _signed(_carrying(101));
        vm.expectRevert(
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, 0, 101, NOON + 12 hours)
        );
        module.previewCarried(op);
        deadline = windowEnd - 1;
        op = _signed(_carrying(1));
        vm.expectRevert(abi.encodeWithSelector(SignedGrantExpired.selector, deadline, windowEnd));
        module.previewCarried(op);
        // The view stores nothing, and so cannot say what would be: it takes no carried grant.
        vm.expectRevert(abi.encodeWithSelector(SignerMalformed.selector, bytes("")));
        module.preview(op);
    }

    function test_keySignature() public {
        Draft memory draft = _carrying(1);
        draft.secret = OWNER_SECRET;
        uint256 data = _validate(_signed(draft));
        assertEq(data & type(uint160).max, 1, "failed");
        assertEq(KeyUsage.unwrap(_state().usage), 0, "nothing counted");
    }

    function test_keySignsTheGrantToo() public {
        PackedUserOperation memory bare = _signed(_draft(_transfer(1)));
        bytes memory keySignature = new bytes(65);
        for (uint256 i; i < 65; ++i) keySignature[i] = bare.signature[bare.signature.length - 65 + i];
        assertEq(_validate(_sealed(_carrying(1), keySignature)) & type(uint160).max, 1, "failed");
    }

    function test_caps() public {
        _refuses(
            _carrying(101),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, 0, 101, NOON + 12 hours)
        );
        _accepts(_carrying(100));
    }

    function test_deadline() public {
        deadline = windowEnd - 1;
        _refuses(_carrying(1), abi.encodeWithSelector(SignedGrantExpired.selector, deadline, windowEnd));
        deadline = windowEnd;
        _accepts(_carrying(1));
    }

    function test_identicalIsSkipped() public {
        bytes memory signed = _signedGrant();
        _accepts(_carrying(60, signed));
        // Also after its deadline: it adds nothing.
        _window(NOON + 60, NOON + 119);
        _accepts(_carrying(40, signed));
        _refuses(
            _carrying(1, signed),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, 100, 1, NOON + 12 hours)
        );
    }

    function test_refusedAfterUpdate() public {
        bytes memory signed = _signedGrant();
        _accepts(_carrying(1, signed));
        bytes memory oldHeader = _header();
        bytes32 oldRoot = _permissionsRoot();
        meters[0].cap = 50;
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldRoot);
        meters[0].cap = 100;
        _refuses(_carrying(1, signed), abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 2));
    }

    function test_refusedAfterRevoke() public {
        bytes memory signed = _signedGrant();
        _accepts(_carrying(1, signed));
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _refusesSigned(signed, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 3));
    }

    function test_burnedByRevokeBeforeUse() public {
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 2));
    }

    function test_burnedByRevokeAll() public {
        bytes memory signed = _signedGrant();
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _refusesSigned(signed, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 2, 1));
    }

    function test_deadAfterRevokeAll() public {
        bytes memory signed = _signedGrant();
        _accepts(_carrying(1, signed));
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _refusesSigned(signed, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 2, 2));
    }

    function test_serialAndEpoch() public {
        limits.serial = 2;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 1, 1));
        limits.serial = 1;
        limits.epoch = 2;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(GrantOutdated.selector, 2, 1, 1, 1));
        limits.epoch = 1;
        _accepts(_carrying(1));
        limits.serial = 2;
        _accepts(_carrying(100));
    }

    function test_pausedKey() public {
        bytes memory signed = _signedGrant();
        _accepts(_carrying(1, signed));
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _refuses(_carrying(1, signed), abi.encodeWithSelector(KeyPaused.selector, keyId));
        limits.serial = 2;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(ACCOUNT);
        module.resume(keyId);
        _accepts(_carrying(1));
    }

    function test_pausedAccount() public {
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _accepts(_carrying(1));
    }

    function test_nothingOfTheOldPolicy() public {
        _permit(EXACT, CHARGED, TOKEN, APPROVE, PolicyBytes.body(PolicyBytes.pin(0, RECIPIENT)));
        _grant();
        Draft memory old = _draft(_transfer(1));
        permissions.pop();
        limits.serial = 2;
        bytes memory signed = _signedGrant();
        old.evidence = abi.encodePacked(uint8(0), uint16(signed.length), signed, old.evidence);
        _refuses(old, abi.encodeWithSelector(CallNotPermitted.selector, 0, TOKEN, TRANSFER, _policyRoot()));
        _accepts(_carrying(1, signed));
    }

    function test_policyChecks() public {
        meters[0].cap = 0;
        _refusesSigned(_signedGrant(), abi.encodeWithSelector(MeterInvalid.selector, 0, TOKEN, 4, 0));
    }
}
