// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "../utils/Test.sol";
import {Vectors} from "../utils/Vectors.sol";

/// @notice Walks a packed word bit by bit.
/// @dev A concrete test lists its fields by (first bit, width) and reads them all from a raw word.
abstract contract WordLayout is Test {
    struct Field {
        string name;
        uint256 firstBit;
        uint256 width;
    }

    /// @notice What docs/WIRE-FORMAT.md calls the word.
    function _name() internal pure virtual returns (string memory);

    /// @notice The word's fields from its lowest bit upwards, by the table that the page's boxes are drawn from.
    function _fields() internal view virtual returns (Field[] memory) {
        return abi.decode(Vectors.fieldsOf(_name()), (Field[]));
    }

    /// @notice What the library's getters read from `word`, in the order of {_fields}.
    function _read(uint256 word) internal pure virtual returns (uint256[] memory);

    /// @notice Each of the 256 bits is seen by the getter of its own field, at its own place, and by no other getter.
    function _walkBits() internal view {
        Field[] memory fields = _fields();
        for (uint256 bit; bit < 256; ++bit) {
            uint256[] memory values = _read(1 << bit);
            for (uint256 i; i < fields.length; ++i) {
                bool mine = bit >= fields[i].firstBit && bit < fields[i].firstBit + fields[i].width;
                assertEq(values[i], mine ? 1 << (bit - fields[i].firstBit) : 0, fields[i].name);
            }
        }
    }

    /// @notice A field at its maximum reads as all ones while every other field reads as zero, and the other way round.
    function _walkFields() internal view {
        Field[] memory fields = _fields();
        for (uint256 i; i < fields.length; ++i) {
            uint256[] memory alone = _read(_mask(fields[i]));
            uint256[] memory others = _read(~_mask(fields[i]));
            for (uint256 j; j < fields.length; ++j) {
                uint256 max = _mask(fields[j]) >> fields[j].firstBit;
                assertEq(alone[j], i == j ? max : 0, fields[j].name);
                assertEq(others[j], i == j ? 0 : max, fields[j].name);
            }
        }
    }

    /// @notice The table has no overlap, and leaves exactly `unused` upper bits free.
    function _tableIsWhole(uint256 unused) internal view {
        Field[] memory fields = _fields();
        uint256 next;
        for (uint256 i; i < fields.length; ++i) {
            assertEq(fields[i].firstBit, next, fields[i].name);
            next += fields[i].width;
        }
        assertEq(next, 256 - unused, "used bits");
    }

    /// @notice Putting the getters' values back at the table's places gives the word again, but for unused bits.
    function _roundTrip(uint256 word, uint256 unused) internal view {
        Field[] memory fields = _fields();
        uint256[] memory values = _read(word);
        uint256 rebuilt;
        for (uint256 i; i < fields.length; ++i) rebuilt |= values[i] << fields[i].firstBit;
        assertEq(rebuilt, (word << unused) >> unused, "rebuilt word");
    }

    function _mask(Field memory field) internal pure returns (uint256) {
        return (type(uint256).max >> (256 - field.width)) << field.firstBit;
    }
}
