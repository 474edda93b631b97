// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings, KeySettingsLib} from "../../contracts/policy/KeySettings.sol";
import {WordLayout} from "./WordLayout.sol";

// KeySettings
// ├── every bit belongs to exactly one field, 256 of 256 used
// ├── flags
// │   ├── ACTIVE, PAUSED and COOLDOWN_IN_MINUTES are bits 248, 249 and 250
// │   └── isActive and isPaused see their own bit and no other
// ├── cooldownSeconds
// │   ├── is the raw field without the minutes flag
// │   └── is sixty times it under the flag
// ├── withPaused changes bit 249 and no other
// └── serialOnly sets the serial and nothing else
contract KeySettingsLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(0);
        _walkBits();
        _walkFields();
    }

    function test_flagBits() public pure {
        for (uint256 bit; bit < 256; ++bit) {
            KeySettings settings = KeySettings.wrap(1 << bit);
            assertEq(settings.isActive(), bit == 248, "ACTIVE");
            assertEq(settings.isPaused(), bit == 249, "PAUSED");
        }
        assertEq(KeySettings.wrap(1 << 248).flags(), KeySettingsLib.FLAG_ACTIVE, "FLAG_ACTIVE");
        assertEq(KeySettings.wrap(1 << 249).flags(), KeySettingsLib.FLAG_PAUSED, "FLAG_PAUSED");
        assertEq(KeySettings.wrap(1 << 250).flags(), KeySettingsLib.FLAG_COOLDOWN_IN_MINUTES, "FLAG_MINUTES");
    }

    function test_cooldownUnits() public pure {
        assertEq(KeySettings.wrap(0xffff << 232).cooldownSeconds(), 65_535, "seconds");
        assertEq(KeySettings.wrap((0xffff << 232) | (1 << 250)).cooldownSeconds(), 65_535 * 60, "minutes");
        assertEq(KeySettings.wrap(1 << 250).cooldownSeconds(), 0, "the flag alone is no time");
        uint256 otherFlags = 0xfb << 248;
        assertEq(KeySettings.wrap(otherFlags | (7 << 232)).cooldownSeconds(), 7, "another flag is not the minutes flag");
    }

    function test_constantsAreTheFieldsMaxima() public view {
        Field[] memory fields = _fields();
        assertEq(KeySettingsLib.MAX_TIME, 2 ** fields[0].width - 1, "MAX_TIME");
        assertEq(KeySettingsLib.MAX_EPOCH, 2 ** fields[2].width - 1, "MAX_EPOCH");
        assertEq(KeySettingsLib.MAX_SERIAL, 2 ** fields[3].width - 1, "MAX_SERIAL");
    }

    function test_fuzz_withPaused(uint256 word) public pure {
        KeySettings settings = KeySettings.wrap(word);
        assertEq(KeySettings.unwrap(settings.withPaused(true)), word | (1 << 249), "paused");
        assertEq(KeySettings.unwrap(settings.withPaused(false)), word & ~uint256(1 << 249), "resumed");
    }

    function test_fuzz_serialOnly(uint256 serial) public pure {
        serial = bound(serial, 0, KeySettingsLib.MAX_SERIAL);
        KeySettings settings = KeySettingsLib.serialOnly(serial);
        assertEq(settings.serial(), serial, "serial");
        assertEq(KeySettings.unwrap(settings), serial << 104, "nothing else");
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 0);
    }

    function _name() internal pure override returns (string memory) {
        return "KeySettings";
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        KeySettings settings = KeySettings.wrap(word);
        values = new uint256[](11);
        values[0] = settings.validAfter();
        values[1] = settings.validUntil();
        values[2] = settings.epoch();
        values[3] = settings.serial();
        values[4] = settings.nativeCap();
        values[5] = settings.nativePeriod();
        values[6] = settings.rateLimit();
        values[7] = settings.ratePeriod();
        values[8] = settings.maxUses();
        values[9] = settings.cooldown();
        values[10] = settings.flags();
    }
}
