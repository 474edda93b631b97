// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {KeySettings} from "../../../../contracts/policy/KeySettings.sol";
import {CHARGED, DAY, EXACT, LIFETIME, MOVES_NOTHING, SPONSOR} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// grant
// ├── returns the key id, stores settings and the root of header and permissions, and emits the whole policy
// ├── installed: refuses an account that has not installed the module, or no longer
// ├── epoch and serial: allows exactly the account's epoch and the next serial, refuses one less and one more
// ├── again for a live key: replaces the policy, starts every counter fresh, drops the pause
// ├── at the last serial: allowed once, then refused by name
// ├── while the account is paused: allowed, and the key stays refused until it resumes
// └── signer: refuses another kind, another length, the zero address, the account, the module
contract GrantTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.rateLimit, limits.ratePeriod) = (1000, DAY, 100, DAY);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 100));
        paymasters.push(Paymaster(STRANGER, SPONSOR, hex"01", 0, 0));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1e12));
        hotCount = 1;
    }

    function test_storesAndEmits() public {
        vm.prank(ACCOUNT);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyGranted(ACCOUNT, keyId, signer, _settings(), _header(), _permissions());
        assertEq(module.grant(signer, _settings(), _header(), _permissions()), keyId, "keyId");
        assertEq(KeySettings.unwrap(_state().settings), KeySettings.unwrap(_settings()), "settings");
        assertEq(_state().policyRoot, _policyRoot(), "policyRoot");
        _accepts(_transfer(100));
    }

    function test_installed() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ModuleNotInstalled.selector, STRANGER, 1));
        module.grant(signer, _settings(), _header(), _permissions());
        vm.prank(ACCOUNT);
        module.onUninstall("");
        limits.epoch = 2;
        _refusesGrant(abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_epoch() public {
        for (uint256 epoch; epoch < 4; ++epoch) {
            if (epoch == 1) continue;
            limits.epoch = epoch;
            _refusesGrant(abi.encodeWithSelector(GrantOutdated.selector, epoch, 1, 1, 1));
        }
        limits.epoch = 1;
        _grant();
    }

    function test_serial() public {
        for (uint256 next = 1; next < 4; ++next) {
            for (uint256 serial; serial < 6; ++serial) {
                if (serial == next) continue;
                limits.serial = serial;
                _refusesGrant(abi.encodeWithSelector(GrantOutdated.selector, 1, serial, 1, next));
            }
            limits.serial = next;
            _grant();
        }
    }

    function test_again() public {
        _grant();
        Call memory ping = _ping();
        (ping.permission, ping.value) = (1, 5e9);
        _accepts(_transfer(100));
        _accepts(ping);
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        limits.serial = 2;
        _grant();
        assertFalse(_state().settings.isPaused(), "paused");
        _accepts(_transfer(100));
        assertEq(_state().usage.uses(), 1, "uses");
        assertEq(_state().usage.nativeSpent(), 0, "native");
        assertEq(_state().meters[1].spent(), 100, "second meter");
    }

    function test_lastSerial() public {
        _grant();
        bytes32 slot = bytes32(uint256(_usageSlot()) - 2);
        uint256 last = 2 ** 24 - 1;
        limits.serial = last - 1;
        vm.store(address(module), slot, bytes32(KeySettings.unwrap(_settings())));
        limits.serial = last;
        _grant();
        _accepts(_transfer(1));
        _refusesGrant(abi.encodeWithSelector(SerialExhausted.selector, keyId));
    }

    function test_whilePaused() public {
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _grant();
        _refuses(_transfer(1), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _accepts(_transfer(1));
    }

    function test_signerForm() public {
        bytes[6] memory signers = [
            bytes(""),
            hex"01",
            abi.encodePacked(uint8(0), key),
            abi.encodePacked(uint8(2), key),
            abi.encodePacked(uint8(1), key, uint8(0)),
            abi.encodePacked(key)
        ];
        for (uint256 i; i < 6; ++i) {
            signer = signers[i];
            _refusesGrant(abi.encodeWithSelector(SignerMalformed.selector, signers[i]));
        }
    }

    function test_signerForbidden() public {
        address[3] memory forbidden = [address(0), ACCOUNT, address(module)];
        for (uint256 i; i < 3; ++i) {
            signer = abi.encodePacked(uint8(1), forbidden[i]);
            _refusesGrant(abi.encodeWithSelector(SignerForbidden.selector, forbidden[i]));
        }
    }
}
