// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Periods} from "../../../contracts/policy/Periods.sol";
import {Test} from "../../utils/Test.sol";

// Periods.isKnown
// ├── refuses 0, which means "not set"
// ├── knows 1 (OPERATION) to 8 (LIFETIME)
// └── refuses everything from 9 up
contract PeriodsIsKnownTest is Test {
    function test_zeroIsNotAPeriod() public pure {
        assertFalse(Periods.isKnown(0), "0");
    }

    function test_codesOneToEight() public pure {
        uint256[8] memory codes = [
            Periods.OPERATION,
            Periods.MINUTE,
            Periods.HOUR,
            Periods.DAY,
            Periods.WEEK,
            Periods.MONTH,
            Periods.YEAR,
            Periods.LIFETIME
        ];
        for (uint256 i; i < 8; ++i) {
            assertEq(codes[i], i + 1, "code");
            assertTrue(Periods.isKnown(codes[i]), "known");
        }
        assertFalse(Periods.isKnown(9), "9");
    }

    function test_fuzz_nothingBeyond(uint256 period) public pure {
        assertFalse(Periods.isKnown(bound(period, 9, type(uint256).max)), "unknown");
    }
}
