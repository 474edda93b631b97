// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeyUsage, KeyUsageLib} from "../../contracts/policy/KeyUsage.sol";
import {WordLayout} from "./WordLayout.sol";

// KeyUsage
// ├── every bit below 252 belongs to exactly one field, the four above to none
// ├── each MAX_* constant is its field's maximum
// └── pack
//     ├── puts each argument into its own field: at its maximum it changes exactly that field's bits
//     └── reads back as packed
contract KeyUsageLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(4);
        _walkBits();
        _walkFields();
    }

    function test_packPutsEachArgumentInItsField() public view {
        Field[] memory fields = _fields();
        for (uint256 i; i < fields.length; ++i) {
            uint256[6] memory a;
            a[i] = _max(i);
            assertEq(
                KeyUsage.unwrap(KeyUsageLib.pack(a[0], a[1], a[2], a[3], a[4], a[5])), _mask(fields[i]), fields[i].name
            );
        }
    }

    function test_fuzz_packReadsBack(uint256[6] memory a) public view {
        for (uint256 i; i < 6; ++i) a[i] = bound(a[i], 0, _max(i));
        uint256 word = KeyUsage.unwrap(KeyUsageLib.pack(a[0], a[1], a[2], a[3], a[4], a[5]));
        uint256[] memory values = _read(word);
        for (uint256 i; i < 6; ++i) assertEq(values[i], a[i], _fields()[i].name);
        assertEq(word >> 252, 0, "unused bits");
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 4);
    }

    function _max(uint256 i) private pure returns (uint256) {
        return [
            KeyUsageLib.MAX_LAST_UNTIL,
            KeyUsageLib.MAX_NATIVE_SPENT,
            KeyUsageLib.MAX_METER_SPENT,
            KeyUsageLib.MAX_RATE_COUNT,
            KeyUsageLib.MAX_USES,
            KeyUsageLib.MAX_SERIAL
        ][i];
    }

    function _name() internal pure override returns (string memory) {
        return "KeyUsage";
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        KeyUsage usage = KeyUsage.wrap(word);
        values = new uint256[](6);
        values[0] = usage.lastUntil();
        values[1] = usage.nativeSpent();
        values[2] = usage.meterSpent();
        values[3] = usage.rateCount();
        values[4] = usage.uses();
        values[5] = usage.serial();
    }
}
