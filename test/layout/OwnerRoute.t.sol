// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {OwnerRoute, OwnerRouteLib} from "../../contracts/policy/OwnerRoute.sol";
import {WordLayout} from "./WordLayout.sol";

// OwnerRoute
// ├── every bit belongs to exactly one field, 256 of 256 used
// ├── pack puts a route of every length at the left, and its length + 1 at the right; both read back
// └── zero is no route, the empty route is one
contract OwnerRouteLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(0);
        _walkBits();
        _walkFields();
    }

    function test_everyLength() public view {
        bytes memory route;
        for (uint256 length; length <= OwnerRouteLib.MAX_LENGTH; ++length) {
            OwnerRoute packed = this.pack(route);
            assertEq(OwnerRoute.unwrap(packed), uint256(bytes32(route)) | (length + 1), "word");
            assertEq(packed.length(), length, "length");
            assertEq(packed.toBytes(), route, "route");
            route = abi.encodePacked(route, uint8(0xa0 + length));
        }
    }

    function test_zeroIsNoRoute() public view {
        assertFalse(OwnerRoute.wrap(0).isSet(), "zero");
        assertEq(OwnerRoute.wrap(0).toBytes(), "", "nothing");
        assertTrue(this.pack("").isSet(), "empty");
    }

    /// @dev External: the library reads calldata.
    function pack(bytes calldata route) external pure returns (OwnerRoute) {
        return OwnerRouteLib.pack(route);
    }

    function _name() internal pure override returns (string memory) {
        return "OwnerRoute";
    }

    /// @dev Lengths of no route are read as they stand: the library's own reader shortens by them.
    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        values = new uint256[](2);
        // Unchecked: of a word without a length, wraps to none and back.
        unchecked {
            values[0] = (word & 0xff) == 0 ? 0 : OwnerRoute.wrap(word).length() + 1;
        }
        bytes memory whole = OwnerRoute.wrap((word & ~uint256(0xff)) | 32).toBytes();
        values[1] = uint256(bytes32(whole)) >> 8;
    }
}
