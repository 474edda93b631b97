// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {FrameHead, FrameHeadLib} from "../../contracts/frame/FrameHead.sol";
import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {WordLayout} from "./WordLayout.sol";

// FrameHead
// ├── every bit belongs to exactly one field, or to a gap that no getter sees; the upper 6 bits are free
// ├── pack puts each argument into its own field, and takes no more of the settings than epoch, serial and two flags
// ├── opened sets the one bit that ends waiting
// └── of all shapes one is plain
contract FrameHeadLayoutTest is WordLayout {
    function test_everyBitHasOneOwner() public view {
        _tableIsWhole(6);
        _walkBits();
        _walkFields();
    }

    function test_packPutsEachArgumentInItsField() public view {
        Field[] memory fields = _fields();
        KeySettings none = KeySettings.wrap(0);
        assertEq(_raw(FrameHeadLib.pack(none, 0, 0xffff, 0, 0, false, false)), _mask(fields[0]), "headerLength");
        assertEq(_raw(FrameHeadLib.pack(none, 0, 0, 0xff, 0, false, false)), _mask(fields[1]), "meterCount");
        assertEq(_raw(FrameHeadLib.pack(none, 0, 0, 0, 0xff, false, false)), _mask(fields[2]), "approvalCount");
        assertEq(_raw(FrameHeadLib.pack(none, 0, 0, 0, 0, true, false)), _mask(fields[4]), "hasRules");
        assertEq(_raw(FrameHeadLib.pack(none, 0, 0, 0, 0, false, true)), _mask(fields[5]), "hasCeilings");
        assertEq(_raw(FrameHeadLib.pack(none, type(uint120).max, 0, 0, 0, false, false)), _mask(fields[10]), "nativeTotal");
        FrameHead all = FrameHeadLib.pack(KeySettings.wrap(type(uint256).max), 0, 0, 0, 0, false, false);
        assertEq(_raw(all), _mask(fields[8]) | _mask(fields[9]) | _mask(fields[11]), "of the settings");
    }

    function test_fuzz_opened(uint256 word) public view {
        assertEq(_raw(FrameHead.wrap(word).opened()), word | _mask(_fields()[3]), "opened");
        assertFalse(FrameHead.wrap(word).opened().isWaiting(), "not waiting any more");
    }

    /// @dev Of all shapes, the module itself opens and closes one: a single meter, and nothing else.
    function test_fuzz_plain(uint256 word) public view {
        uint256 shape = (1 << 20) - 1;
        uint256 rest = word & ~(shape << 16);
        FrameHead plain = FrameHead.wrap(rest | (1 << 16));
        assertTrue(plain.isPlainWaiting(), "waits");
        assertFalse(plain.isPlainOpen(), "is not open");
        assertEq(_raw(plain.openedPlain()), rest | (1 << 16) | _mask(_fields()[3]) | _mask(_fields()[6]), "opened");
        assertTrue(plain.openedPlain().isPlainOpen(), "is open");
        assertFalse(plain.openedPlain().isPlainWaiting(), "does not wait");
        assertFalse(plain.openedPlain().isWaiting(), "not for the general way either");
        for (uint256 bit; bit < 20; ++bit) {
            FrameHead other = FrameHead.wrap(_raw(plain) ^ (1 << (16 + bit)));
            assertFalse(other.isPlainWaiting(), "another shape waits");
            other = FrameHead.wrap(_raw(plain.openedPlain()) ^ (1 << (16 + bit)));
            assertFalse(other.isPlainOpen(), "another shape is open");
        }
    }

    function test_fuzz_roundTrip(uint256 word) public view {
        _roundTrip(word, 6);
    }

    function _name() internal pure override returns (string memory) {
        return "FrameHead";
    }

    /// @dev Gaps have no getter, and are read as they are.
    function _read(uint256 word) internal pure override returns (uint256[] memory values) {
        FrameHead head = FrameHead.wrap(word);
        values = new uint256[](12);
        values[0] = head.headerLength();
        values[1] = head.meterCount();
        values[2] = head.approvalCount();
        values[3] = word != 0 && !head.isWaiting() ? 1 : 0;
        values[4] = head.hasRules() ? 1 : 0;
        values[5] = head.hasCeilings() ? 1 : 0;
        values[6] = head.isPacked() ? 1 : 0;
        values[7] = (word >> 36) & ((1 << 36) - 1);
        values[8] = head.epoch();
        values[9] = head.serial();
        values[10] = head.nativeTotal();
        values[11] = _flags(head);
    }

    /// @dev The flags of the only settings of the same epoch and serial that the head is of.
    function _flags(FrameHead head) private pure returns (uint256 flags) {
        uint256 grant = (head.epoch() << 72) | (head.serial() << 104);
        while (!head.isGrantOf(KeySettings.wrap(grant | (flags << 248)))) ++flags;
    }

    function _raw(FrameHead head) private pure returns (uint256) {
        return FrameHead.unwrap(head);
    }
}
