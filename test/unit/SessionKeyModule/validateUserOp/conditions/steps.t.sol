// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AT_LEAST, AT_MOST, EQUAL, HASH, NOT_EQUAL, ConditionBytes as C} from "../../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../../utils/ConditionTest.sol";

// validateUserOp: every step of a path, at the boundary of the data
// ├── WORD: the last word of the data; one byte short of it
// ├── TYPED_WORD: unsigned, bytesN and signed, clean and one bit off, in every size
// ├── FOLLOW: offsets off by one, into their own head, beyond the data; a tuple in a tuple
// ├── FOLLOW_BEFORE: others behind, at the same place, before, and beyond the data; a tail that reaches into another
// ├── ELEMENT: first, last, one beyond; an array longer than the data; elements of several words; dynamic elements,
// │   that share their bytes, come in another order, or reach into the next one
// ├── EVERY, SOME: none, one, all; an element that leaves the data
// ├── LENGTH, BYTES: of arrays and strings; a string longer than the data; padding that is not there
// ├── CALL: its selector, its arguments, never a byte behind it
// ├── SLICE: from the start and the end; exactly the string; one byte beyond
// └── VALUE
contract ValidateStepsTest is ConditionTest {
    struct Inner {
        uint256 a;
        bytes text;
        uint256 b;
    }

    uint256 private constant HUGE = type(uint256).max - 31;

    bytes private second = abi.encodePacked(C.follow(0, 1), C.element(1, 1), C.word(0));

    function test_word() public {
        _rule(C.compare(AT_LEAST, C.word(1), 0));
        _allows(abi.encode(1, 2));
        _denies(abi.encodePacked(uint256(1), bytes31(0)), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 67));
        _denies("", abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 4));
    }

    function test_typedWords() public {
        for (uint256 size = 1; size <= 32; ++size) {
            uint256 top = type(uint256).max >> (256 - 8 * size);
            // Unchecked: of 32 bytes, the words beyond wrap, and are not used.
            unchecked {
                _typed(uint8(size), top, top + 1);
                _typed(uint8(0x40 + size), top << (256 - 8 * size), (top << (256 - 8 * size)) | 1);
                uint256 lowest = ~(top >> 1);
                _typed(uint8(0x80 + size), top >> 1, (top >> 1) + 1);
                _typed(uint8(0x80 + size), lowest, lowest - 1);
            }
        }
    }

    /// @dev Of a type of 32 bytes, every word is clean.
    function _typed(uint8 wordType, uint256 clean, uint256 dirty) private {
        bytes memory path = C.typed(0, wordType);
        _rule(C.compare(NOT_EQUAL, path, 12345));
        _allows(abi.encode(clean));
        if (wordType & 0x3f == 32) return;
        _denies(abi.encode(dirty), abi.encodeWithSelector(WordNotClean.selector, 0, path, bytes32(dirty)));
    }

    function test_follow() public {
        bytes memory path = abi.encodePacked(C.follow(1, 2), C.word(0));
        _rule(C.compare(EQUAL, path, 42));
        _allows(abi.encode(0, 64, 42));
        _allows(abi.encode(0, 96, 0, 42));
        _denies(abi.encode(0, 32, 42), _badOffset(path, 36, 32));
        _denies(abi.encode(0, 0, 42), _badOffset(path, 36, 0));
        _denies(abi.encode(0, 65, 42), _badOffset(path, 36, 65));
        // To the very end of the data there is a place, but no word.
        _denies(abi.encode(0, 64), _outOfData(path, 68));
        _denies(abi.encode(0, 96, 42), _outOfData(path, 100));
        _denies(abi.encode(0, 128, 42), _outOfData(path, 36));
        _denies(abi.encode(0, HUGE, 42), _outOfData(path, 36));
        _denies(abi.encode(0), _outOfData(path, 36));
    }

    function test_tupleInTuple() public {
        // f(uint256, (uint256 a, bytes text, uint256 b)): b, and the tuple's text.
        _rule(C.compare(EQUAL, abi.encodePacked(C.follow(1, 2), C.word(2)), 9));
        _allows(abi.encode(uint256(1), Inner(7, "text", 9)));
        _fails(abi.encode(uint256(1), Inner(7, "text", 8)), 8);
        bytes memory path = abi.encodePacked(C.follow(1, 2), C.follow(1, 3), C.BYTES);
        _rule(C.compare(HASH, path, uint256(keccak256("text"))));
        _allows(abi.encode(uint256(1), Inner(7, "text", 9)));
        // Into the tuple's own head.
        _denies(abi.encode(1, 64, 7, 64, 9), _badOffset(path, 4 + 96, 64));
    }

    function test_followBefore() public {
        // f(bytes a, bytes b), of which a is asked.
        bytes memory path = abi.encodePacked(C.followBefore(0, 2, 1), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        _allows(abi.encode("a", "b"));
        _fails(abi.encode("b", "a"), uint256(keccak256("b")));
        // Up to where b begins, and no further.
        bytes32 text = bytes32("abc");
        _allows(abi.encode(64, 128, 32, text, 0));
        _denies(abi.encode(64, 128, 33, text, 0), _outOfData(path, 68));
        _denies(abi.encode(64, 96, 1, text, 0), _outOfData(path, 68));
        _allows(abi.encode(64, 160, 33, text, 0, 0));
        // At the same place, before it, and between words.
        _denies(abi.encode(64, 64, 1, text), _badOffset(path, 36, 64));
        _denies(abi.encode(96, 64, 0, 1, text), _badOffset(path, 36, 64));
        _denies(abi.encode(64, 129, 1, text, 0), _badOffset(path, 36, 129));
        // To the very end of the data there is a place; behind it there is none.
        _allows(abi.encode(64, 128, 1, text));
        _denies(abi.encode(64, 160, 1, text), _outOfData(path, 36));
        _denies(abi.encode(64, HUGE, 1, text), _outOfData(path, 36));
        _denies(abi.encode(32, 64, 1, text), _badOffset(path, 4, 32));
    }

    function test_followBeforeSeveral() public {
        // f(uint256, bytes a, uint256, bytes b, bytes c): a ends before the nearest of the others, whichever that is.
        bytes memory path = abi.encodePacked(C.followBefore(1, 5, 6), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        bytes32 text = bytes32("abc");
        _allows(abi.encode(1, "a", 7, "b", "c"));
        _allows(abi.encode(1, 160, 7, 224, 256, 32, text, 0, 0));
        _denies(abi.encode(1, 160, 7, 224, 256, 33, text, 0, 0), _outOfData(path, 4 + 160));
        _allows(abi.encode(1, 160, 7, 256, 224, 32, text, 0, 0));
        _denies(abi.encode(1, 160, 7, 256, 224, 33, text, 0, 0), _outOfData(path, 4 + 160));
        _denies(abi.encode(1, 160, 7, 224, 160, 32, text, 0, 0), _badOffset(path, 4 + 128, 160));
        _denies(abi.encode(1, 160, 7, 160, 224, 32, text, 0, 0), _badOffset(path, 4 + 96, 160));
    }

    function test_followBeforeInACall() public {
        // What another offset of the nested call says has to lie within that call.
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.call(PING), C.followBefore(0, 2, 1), C.LENGTH);
        _rule(C.compare(EQUAL, path, 1));
        bytes memory inner = abi.encodeWithSelector(PING, "a", "b");
        _allows(abi.encode(inner));
        bytes memory beyond = abi.encodePacked(PING, abi.encode(64, 160, 1, 0));
        _denies(abi.encodePacked(abi.encode(beyond), new bytes(96)), _outOfData(path, 4 + 64 + 4 + 32));
    }

    function test_element() public {
        _rule(C.compare(EQUAL, second, 42));
        _allows(abi.encode(_words(1, 42, 3)));
        _fails(abi.encode(_words(42, 1, 42)), 1);
        _allows(abi.encode(32, 2, 0, 42));
        _denies(abi.encode(32, 1, 42, 42), _missing(second, 1, 1));
        _denies(abi.encode(32, 0, 42, 42), _missing(second, 1, 0));
        // Longer than the data, by one and by far.
        _denies(abi.encode(32, 3, 0, 42), _outOfData(second, 36));
        _denies(abi.encode(32, type(uint256).max, 0, 42), _outOfData(second, 36));
    }

    function test_wideElement() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.element(1, 3), C.word(2));
        _rule(C.compare(EQUAL, path, 42));
        _allows(abi.encode(32, 2, 1, 1, 1, 1, 1, 42));
        _fails(abi.encode(32, 2, 1, 1, 42, 1, 1, 1), 1);
        _denies(abi.encode(32, 2, 1, 1, 1, 1, 1), _outOfData(path, 36));
    }

    function test_dynamicElement() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.element(1, 0), C.BYTES);
        _rule(C.compare(HASH, path, uint256(keccak256("two"))));
        string[] memory list = new string[](2);
        (list[0], list[1]) = ("one", "two");
        _allows(abi.encode(list));
        list[1] = "tow";
        _fails(abi.encode(list), uint256(keccak256("tow")));
        // The offsets' own head is as long as the array.
        _denies(abi.encode(32, 2, 64, 32, 0), _badOffset(path, 4 + 96, 32));
        _denies(abi.encode(32, 2, 64, 66, 0), _badOffset(path, 4 + 96, 66));
        _denies(abi.encode(32, 2, 64, 128, 0), _outOfData(path, 4 + 96));
        _denies(abi.encode(32, 2, 64), _outOfData(path, 36));
    }

    function test_dynamicElementsOverlap() public {
        // f(bytes[]), whose elements take 64 bytes each: the head of three offsets stands at byte 68.
        uint256 head = 4 + 64;
        bytes32 text = bytes32("abc");
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.element(1, 0), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        _allows(abi.encode(32, 3, 96, 160, 224, 3, text, 32, text, 3, text));
        // It ends where the next one begins.
        _denies(abi.encode(32, 3, 96, 160, 224, 3, text, 33, text, 3, text), _outOfData(path, head + 160));
        // One place for two, the one asked with the one behind or before it; the order turned around.
        _denies(abi.encode(32, 3, 96, 160, 160, 3, text, 3, text), _badOffset(path, head + 64, 160));
        _denies(abi.encode(32, 3, 160, 160, 224, 3, text, 3, text, 0), _badOffset(path, head + 32, 160));
        _denies(abi.encode(32, 3, 160, 96, 224, 3, text, 3, text, 0), _badOffset(path, head + 32, 96));
        _denies(abi.encode(32, 3, 96, 160, 225, 3, text, 3, text, 0), _badOffset(path, head + 64, 225));
        _denies(abi.encode(32, 3, 96, 160, HUGE, 3, text, 3, text), _outOfData(path, head + 64));
        // The last one ends with the data.
        path = abi.encodePacked(C.follow(0, 1), C.element(2, 0), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        _allows(abi.encode(32, 3, 96, 160, 224, 3, text, 3, text, 32, text));
        _denies(abi.encode(32, 3, 96, 160, 224, 3, text, 3, text, 33, text), _outOfData(path, head + 224));
        _denies(abi.encode(32, 3, 96, 96, 224, 3, text, 3, text, 32, text), _badOffset(path, head + 32, 96));
    }

    function test_everyElementOverlaps() public {
        uint256 head = 4 + 64;
        bytes32 text = bytes32("abc");
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(0), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        _allows(abi.encode(32, 3, 96, 160, 224, 3, text, 32, text, 3, text));
        _denies(abi.encode(32, 3, 96, 160, 224, 3, text, 33, text, 3, text), _outOfData(path, head + 160));
        _denies(abi.encode(32, 3, 96, 96, 96, 3, text), _badOffset(path, head + 32, 96));
        _denies(abi.encode(32, 3, 96, 160, 160, 3, text, 3, text), _badOffset(path, head + 64, 160));
        _denies(abi.encode(32, 3, 96, 160, 128, 3, text, 3, text), _badOffset(path, head + 64, 128));
        // SOME asks no further than the first that holds, and of what it asked, nothing overlaps.
        path = abi.encodePacked(C.follow(0, 1), C.some(0), C.BYTES);
        _rule(C.hasPrefix(path, "b"));
        bytes32 other = bytes32("bcd");
        _allows(abi.encode(32, 3, 96, 160, 224, 3, text, 3, other, 3, text));
        _denies(abi.encode(32, 3, 96, 160, 160, 3, text, 3, other), _badOffset(path, head + 64, 160));
        _denies(abi.encode(32, 3, 96, 96, 160, 3, text, 3, other), _badOffset(path, head + 32, 96));
    }

    function test_listsInListsOverlap() public {
        // f(uint256[][]): the second list ends where the third begins, and the first element of every one is asked.
        uint256 head = 4 + 64;
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(0), C.element(0, 1), C.word(0));
        _rule(C.compare(EQUAL, path, 5));
        _allows(abi.encode(32, 2, 64, 128, 1, 5, 1, 5));
        _denies(abi.encode(32, 2, 64, 96, 1, 5, 5), _outOfData(path, head + 64));
        _denies(abi.encode(32, 2, 64, 64, 1, 5), _badOffset(path, head + 32, 64));
    }

    function test_every() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(1), C.word(0));
        _rule(C.compare(AT_MOST, path, 10));
        _allows(abi.encode(new uint256[](0)));
        _allows(abi.encode(_words(1, 10, 3)));
        _fails(abi.encode(_words(11, 1, 1)), 11);
        _fails(abi.encode(_words(1, 1, 11)), 11);
        _denies(abi.encode(32, 2, 1), _outOfData(path, 36));
        _denies(abi.encode(32, type(uint256).max, 1), _outOfData(path, 36));
    }

    function test_some() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.some(1), C.word(0));
        _rule(C.compare(AT_LEAST, path, 10));
        _fails(abi.encode(new uint256[](0)), 0);
        _allows(abi.encode(_words(1, 1, 10)));
        _allows(abi.encode(_words(10, 1, 1)));
        _fails(abi.encode(_words(7, 8, 9)), 9);
        _denies(abi.encode(32, 2, 10), _outOfData(path, 36));
    }

    function test_everyDynamic() public {
        // f(bytes[]): every first byte is 0x61; then an element inside of every element.
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(0), C.slice(0, 1));
        _rule(C.compare(EQUAL, path, 0x61));
        bytes[] memory list = new bytes[](2);
        (list[0], list[1]) = ("abc", "a");
        _allows(abi.encode(list));
        list[1] = "b";
        _fails(abi.encode(list), 0x62);
        list[1] = "";
        _denies(abi.encode(list), _outOfData(path, 4 + 32 * 7));
    }

    function test_elementOfEvery() public {
        // f(uint256[][]): the second number of every list.
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.every(0), C.element(1, 1), C.word(0));
        _rule(C.compare(EQUAL, path, 5));
        uint256[][] memory lists = new uint256[][](3);
        (lists[0], lists[1], lists[2]) = (_words(1, 5, 9), _words(2, 5, 8), _words(3, 5, 7));
        _allows(abi.encode(lists));
        lists[2][1] = 6;
        _fails(abi.encode(lists), 6);
        lists[1] = new uint256[](1);
        _denies(abi.encode(lists), _missing(path, 1, 1));
    }

    function test_length() public {
        _rule(C.compare(EQUAL, abi.encodePacked(C.follow(0, 1), C.LENGTH), 3));
        _allows(abi.encode(_words(0, 0, 0)));
        _allows(abi.encode("abc"));
        _fails(abi.encode("ab"), 2);
    }

    function test_bytes() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.BYTES);
        _rule(C.hasPrefix(path, "a"));
        // Padding need not be there: nobody reads it.
        _allows(abi.encodePacked(uint256(32), uint256(1), "a"));
        _denies(abi.encodePacked(uint256(32), uint256(2), "a"), _outOfData(path, 36));
        _denies(abi.encodePacked(uint256(32), type(uint256).max, "a"), _outOfData(path, 36));
    }

    function test_call() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.call(TRANSFER), C.word(1));
        _rule(C.compare(AT_MOST, path, 10));
        bytes memory inner = abi.encodeWithSelector(TRANSFER, RECIPIENT, 10);
        _allows(abi.encode(inner));
        inner[67] = 0x0b;
        _fails(abi.encode(inner), 11);
        // What is behind the nested call is not its argument, even if it is padding.
        _denies(abi.encodePacked(uint256(32), uint256(67), inner, new bytes(28)), _outOfData(path, 4 + 64 + 4 + 32));
        inner[0] ^= 0x01;
        _denies(abi.encode(inner), _mismatch(path, TRANSFER ^ bytes4(0x01000000)));
        _denies(abi.encode("abc"), _mismatch(path, 0));
    }

    function test_dynamicInCall() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.call(PING), C.follow(0, 1), C.element(2, 1), C.word(0));
        _rule(C.compare(EQUAL, path, 3));
        bytes memory inner = abi.encodeWithSelector(PING, _words(1, 2, 3));
        _allows(abi.encode(inner));
        // The inner array says four, and the fourth would be outside of the nested call.
        inner[67] = 0x04;
        _denies(abi.encodePacked(abi.encode(inner), new bytes(96)), _outOfData(path, 4 + 64 + 4 + 32));
    }

    function test_slice() public {
        bytes memory path = abi.encodePacked(C.follow(0, 1), C.slice(2, 3));
        _rule(C.compare(EQUAL, path, 0x636465));
        _allows(abi.encode("abcde"));
        _allows(abi.encode("xxcdexx"));
        _fails(abi.encode("abcdf"), 0x636466);
        _denies(abi.encode("abcd"), _outOfData(path, 4 + 64 + 2));
        path = abi.encodePacked(C.follow(0, 1), C.slice(0x8003, 3));
        _rule(C.compare(EQUAL, path, 0x636465));
        _allows(abi.encode("cde"));
        _allows(abi.encode("abcde"));
        _fails(abi.encode("abcdef"), 0x646566);
        _denies(abi.encode("de"), _outOfData(path, 4 + 64));
        path = abi.encodePacked(C.follow(0, 1), C.slice(0, 32));
        _rule(C.compare(EQUAL, path, uint256(keccak256("word"))));
        _allows(abi.encode(abi.encodePacked(keccak256("word"))));
    }

    function test_value() public {
        _rule(C.compare(EQUAL, C.VALUE, CARRIED));
        _allows("");
        _rule(C.compare(AT_MOST, C.VALUE, CARRIED - 1));
        _fails("", CARRIED);
    }

    function _outOfData(bytes memory path, uint256 position) private pure returns (bytes memory) {
        return abi.encodeWithSelector(PathOutOfData.selector, 0, path, position);
    }

    function _badOffset(bytes memory path, uint256 position, uint256 offset) private pure returns (bytes memory) {
        return abi.encodeWithSelector(OffsetNotCanonical.selector, 0, path, position, offset);
    }

    function _missing(bytes memory path, uint256 index, uint256 length) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ElementMissing.selector, 0, path, index, length);
    }

    function _mismatch(bytes memory path, bytes4 actual) private pure returns (bytes memory) {
        return abi.encodeWithSelector(NestedCallMismatch.selector, 0, path, TRANSFER, actual);
    }
}
