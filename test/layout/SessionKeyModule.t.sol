// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {CHARGED, DAY, EXACT, LIFETIME} from "../utils/Codes.sol";
import {Meter} from "../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../utils/SessionKeyTest.sol";

// Storage of the module, slot by slot
// ├── settings, policy root and usage: three slots in a row at keccak256(account ‖ keccak256(keyId ‖ 0))
// ├── a later meter: one slot at keccak256(account ‖ keccak256(meterId ‖ 1)), meterId as docs/WIRE-FORMAT.md says
// ├── the control word: one slot at keccak256(account ‖ 2)
// ├── the owner route: one slot at keccak256(account ‖ 4); ceilings, mapping 3, have tests of their own
// ├── no function reads or writes any other slot: all are keccak256(account ‖ x) + n with n < 3 (ERC-7562)
// ├── another account, key, serial, token or tag has slots of its own
// └── a first operation writes one slot, and one for each later meter it charges
contract SessionKeyModuleLayoutTest is SessionKeyTest {
    /// @dev Order of the module's mappings.
    uint256 private constant KEYS = 0;
    uint256 private constant METERS = 1;
    uint256 private constant CONTROLS = 2;
    uint256 private constant OWNER_ROUTES = 4;

    mapping(bytes32 slot => bool) private associated;

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 100));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        (limits.nativeCap, limits.nativePeriod) = (7, DAY);
        limits.rateLimit = 2;
        limits.ratePeriod = LIFETIME;
    }

    function test_key() public {
        _grant();
        assertEq(_load(_keySlot(), 0), KeySettings.unwrap(_settings()), "settings");
        assertEq(bytes32(_load(_keySlot(), 1)), _policyRoot(), "policyRoot");
        assertEq(_load(_keySlot(), 2), 0, "usage before");
        _accepts(_transfer(5));
        // lastUntil · nativeSpent · meterSpent · rateCount · uses · serial, from the lowest bit.
        uint256 usage = (NOON + 59) | (5 << 92) | (1 << 188) | (1 << 204) | (1 << 228);
        assertEq(_load(_keySlot(), 2), usage, "usage");
        assertEq(_load(_keySlot(), 3), 0, "nothing behind");
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        assertEq(_load(_keySlot(), 0), KeySettings.unwrap(_settings()) | (1 << 249), "paused");
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        assertEq(_load(_keySlot(), 0), 2 << 104, "the next serial");
    }

    function test_laterMeter() public {
        _grant();
        _accepts(_transfer(5));
        // spent · windowIndex · period; a life has one window, 0.
        assertEq(_load(_meterSlot(1, 1), 0), 5 | (uint256(LIFETIME) << 252), "word");
        assertEq(_load(_meterSlot(1, 0), 0), 0, "the first meter has none");
        ++limits.serial;
        _grant();
        _accepts(_transfer(6));
        assertEq(_load(_meterSlot(2, 1), 0), 6 | (uint256(LIFETIME) << 252), "the next grant's");
    }

    function test_control() public {
        uint256 epochOne = uint256(1) << 160;
        uint256 installed = 1 << 192;
        assertEq(_load(_controlSlot(ACCOUNT), 0), epochOne | installed, "installed");
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
        assertEq(_load(_controlSlot(ACCOUNT), 0), epochOne | installed | uint160(GUARDIAN), "guardian");
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        assertEq(_load(_controlSlot(ACCOUNT), 0), epochOne | installed | uint160(GUARDIAN) | (1 << 194), "paused");
    }

    function test_noOtherSlot() public {
        _associate(_keySlot());
        _associate(bytes32(uint256(_keySlot()) + 1));
        _associate(bytes32(uint256(_keySlot()) + 2));
        _associate(_meterSlot(1, 0));
        _associate(_meterSlot(1, 1));
        _associate(_controlSlot(ACCOUNT));
        _associate(_slot(ACCOUNT, bytes32(OWNER_ROUTES)));

        vm.record();
        _wholeLife();
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(module));
        assertTrue(reads.length > 20 && writes.length > 8, "recorded");
        for (uint256 i; i < reads.length; ++i) assertTrue(associated[reads[i]], "read");
        for (uint256 i; i < writes.length; ++i) assertTrue(associated[writes[i]], "written");
    }

    function test_writesOfAnOperation() public {
        _grant();
        vm.record();
        _validate(_signed(_draft(_transfer(1))));
        (, bytes32[] memory writes) = vm.accesses(address(module));
        assertEq(writes.length, 2, "usage and one later meter");
        assertEq(writes[0], bytes32(uint256(_keySlot()) + 2), "usage");
        assertEq(writes[1], _meterSlot(1, 1), "later meter");
        // A failed signature writes nothing.
        Draft memory draft = _draft(_transfer(1));
        draft.secret = KEY_SECRET + 1;
        vm.record();
        _validate(_signed(draft));
        (, writes) = vm.accesses(address(module));
        assertEq(writes.length, 0, "nothing");
    }

    function test_slotsOfOthers() public {
        _grant();
        _accepts(_transfer(5));
        bytes32 before = keccak256(abi.encode(_state()));
        // Everything that is not this key of this account moves.
        _install(STRANGER, "");
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        vm.prank(ACCOUNT);
        module.grant(abi.encodePacked(uint8(1), STRANGER), _settings(), _header(), _permissions());
        Draft memory draft = _draft(_transfer(50));
        draft.op.sender = STRANGER;
        _accepts(draft);
        vm.prank(STRANGER);
        module.revokeAll(STRANGER);
        assertEq(keccak256(abi.encode(_state())), before, "untouched");
    }

    // ------------------------------------------------------------------ helpers

    function _wholeLife() private {
        _install(ACCOUNT, abi.encodePacked(GUARDIAN));
        limits.epoch = 2;
        _grant();
        _accepts(_transfer(5));
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), _header(), _permissionsRoot());
        vm.prank(GUARDIAN);
        module.pause(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        module.resume(keyId);
        vm.prank(GUARDIAN);
        module.pauseAccount(ACCOUNT);
        vm.prank(ACCOUNT);
        module.resumeAccount();
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
        _accepts(_transfer(6));
        _state();
        vm.prank(key);
        module.renounce(ACCOUNT);
        vm.prank(GUARDIAN);
        module.revoke(ACCOUNT, keyId);
        vm.prank(GUARDIAN);
        module.revokeAll(ACCOUNT);
        vm.prank(ACCOUNT);
        module.onUninstall("");
    }

    function _associate(bytes32 slot) private {
        associated[slot] = true;
    }

    function _load(bytes32 slot, uint256 offset) private view returns (uint256) {
        return uint256(vm.load(address(module), bytes32(uint256(slot) + offset)));
    }

    /// @dev The account is the last thing hashed in front of the slot: what ERC-7562 calls associated.
    function _slot(address account, bytes32 x) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes32(uint256(uint160(account))), x));
    }

    function _keySlot() private view returns (bytes32) {
        return _slot(ACCOUNT, keccak256(abi.encodePacked(keyId, KEYS)));
    }

    function _meterSlot(uint24 serial, uint8 tag) private view returns (bytes32) {
        bytes32 meterId = keccak256(abi.encodePacked(keyId, serial, TOKEN, tag));
        return _slot(ACCOUNT, keccak256(abi.encodePacked(meterId, METERS)));
    }

    function _controlSlot(address account) private pure returns (bytes32) {
        return _slot(account, bytes32(CONTROLS));
    }
}
