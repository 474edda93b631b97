// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CeilingLimit, CeilingLimitLib} from "../../contracts/policy/CeilingLimit.sol";
import {WordLayout} from "./WordLayout.sol";

// CeilingLimit
// ├── every bit below 132 belongs to exactly one field, those above to none
// └── pack puts each argument into its own field and reads back
contract CeilingLimitLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(124);
        _walkBits();
        _walkFields();
    }

    function test_fuzz_packReadsBack(uint256 period, uint256 cap) public pure {
        period = bound(period, 0, 15);
        cap = bound(cap, 0, type(uint128).max);
        CeilingLimit limit = CeilingLimitLib.pack(period, cap);
        assertEq(limit.period(), period, "period");
        assertEq(limit.cap(), cap, "cap");
        assertEq(limit.isSet(), period | cap != 0, "isSet");
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 124);
    }

    function _name() internal pure override returns (string memory) {
        return "CeilingLimit";
    }

    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        CeilingLimit limit = CeilingLimit.wrap(word);
        values = new uint256[](2);
        values[0] = limit.cap();
        values[1] = limit.period();
    }
}
