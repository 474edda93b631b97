// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MeterWord, MeterWordLib} from "../../contracts/policy/MeterWord.sol";
import {WordLayout} from "./WordLayout.sol";

// MeterWord
// ├── every bit belongs to exactly one field, 256 of 256 used
// └── pack
//     ├── puts each argument into its own field: at its maximum it changes exactly that field's bits
//     └── reads back as packed
contract MeterWordLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(0);
        _walkBits();
        _walkFields();
    }

    function test_packPutsEachArgumentInItsField() public view {
        Field[] memory fields = _fields();
        assertEq(MeterWord.unwrap(MeterWordLib.pack(0, 0, MeterWordLib.MAX_SPENT)), _mask(fields[0]), "spent");
        assertEq(MeterWord.unwrap(MeterWordLib.pack(0, MeterWordLib.MAX_WINDOW_INDEX, 0)), _mask(fields[1]), "index");
        assertEq(MeterWord.unwrap(MeterWordLib.pack(MeterWordLib.MAX_PERIOD, 0, 0)), _mask(fields[2]), "period");
    }

    function test_fuzz_packReadsBack(uint256 period, uint256 windowIndex, uint256 spent) public pure {
        period = bound(period, 0, MeterWordLib.MAX_PERIOD);
        windowIndex = bound(windowIndex, 0, MeterWordLib.MAX_WINDOW_INDEX);
        spent = bound(spent, 0, MeterWordLib.MAX_SPENT);
        MeterWord meter = MeterWordLib.pack(period, windowIndex, spent);
        assertEq(meter.period(), period, "period");
        assertEq(meter.windowIndex(), windowIndex, "windowIndex");
        assertEq(meter.spent(), spent, "spent");
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 0);
    }

    function _name() internal pure override returns (string memory) {
        return "MeterWord";
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        MeterWord meter = MeterWord.wrap(word);
        values = new uint256[](3);
        values[0] = meter.spent();
        values[1] = meter.windowIndex();
        values[2] = meter.period();
    }
}
