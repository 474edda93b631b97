// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ADDRESS,
    AT_LEAST,
    AT_LEAST_PATH,
    AT_MOST,
    AT_MOST_PATH,
    EQUAL,
    EQUAL_PATH,
    EQUAL_SELF,
    HASH,
    MASKED_EQUAL,
    NOT_EQUAL,
    SIGNED_AT_LEAST,
    SIGNED_AT_MOST,
    UINT256,
    UINT8,
    ConditionBytes as C
} from "../../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../../utils/ConditionTest.sol";

// validateUserOp: every operator, at its boundary
// ├── EQUAL, EQUAL_SELF and NOT_EQUAL
// ├── AT_MOST, AT_LEAST: unsigned
// ├── SIGNED_AT_MOST, SIGNED_AT_LEAST: two's complement
// ├── IN_LIST: every member, nothing between or beyond
// ├── MASKED_EQUAL: the bits of the mask alone
// ├── PREFIX: a shorter string, the very string, a longer one, a bit off; at most 255 bytes
// ├── HASH: every byte of the string counts, and none behind it
// └── EQUAL_PATH, AT_MOST_PATH, AT_LEAST_PATH: two values of one call; the value it carries
contract ValidateOperatorsTest is ConditionTest {
    uint256 private constant PIVOT = 1000;
    uint256 private constant MAX = type(uint256).max;

    bytes private first = C.word(0);
    bytes private text = abi.encodePacked(C.follow(0, 1), C.BYTES);

    function test_equal() public {
        _rule(C.compare(EQUAL, C.typed(0, UINT256), PIVOT));
        _allows(abi.encode(PIVOT));
        _fails(abi.encode(PIVOT + 1), PIVOT + 1);
        _rule(C.compare(EQUAL_SELF, C.typed(0, ADDRESS)));
        _allows(abi.encode(ACCOUNT));
        _fails(abi.encode(APP), uint160(APP));
    }

    function test_notEqual() public {
        _rule(C.compare(NOT_EQUAL, first, PIVOT));
        _allows(abi.encode(PIVOT - 1));
        _allows(abi.encode(PIVOT + 1));
        _fails(abi.encode(PIVOT), PIVOT);
    }

    function test_atMost() public {
        _rule(C.compare(AT_MOST, first, PIVOT));
        _allows(abi.encode(0));
        _allows(abi.encode(PIVOT));
        _fails(abi.encode(PIVOT + 1), PIVOT + 1);
        _fails(abi.encode(MAX), MAX);
    }

    function test_atLeast() public {
        _rule(C.compare(AT_LEAST, first, PIVOT));
        _allows(abi.encode(PIVOT));
        _allows(abi.encode(MAX));
        _fails(abi.encode(PIVOT - 1), PIVOT - 1);
        _fails(abi.encode(0), 0);
    }

    function test_signedAtMost() public {
        _rule(C.compare(SIGNED_AT_MOST, first, uint256(int256(-5))));
        _allows(abi.encode(int256(-5)));
        _allows(abi.encode(type(int256).min));
        _fails(abi.encode(int256(-4)), uint256(int256(-4)));
        _fails(abi.encode(0), 0);
        _fails(abi.encode(type(int256).max), uint256(type(int256).max));
    }

    function test_signedAtLeast() public {
        _rule(C.compare(SIGNED_AT_LEAST, first, uint256(int256(-5))));
        _allows(abi.encode(int256(-5)));
        _allows(abi.encode(0));
        _allows(abi.encode(type(int256).max));
        _fails(abi.encode(int256(-6)), uint256(int256(-6)));
        _fails(abi.encode(type(int256).min), uint256(type(int256).min));
    }

    function test_inList() public {
        _rule(C.inList(first, _words(0, PIVOT, MAX)));
        _allows(abi.encode(0));
        _allows(abi.encode(PIVOT));
        _allows(abi.encode(MAX));
        _fails(abi.encode(1), 1);
        _fails(abi.encode(PIVOT + 1), PIVOT + 1);
        _fails(abi.encode(MAX - 1), MAX - 1);
    }

    function test_longestList() public {
        uint256[] memory list = new uint256[](255);
        for (uint256 i; i < 255; ++i) list[i] = 10 * i + 10;
        _rule(C.inList(first, list));
        _allows(abi.encode(10));
        _allows(abi.encode(2550));
        _fails(abi.encode(2551), 2551);
    }

    function test_maskedEqual() public {
        _rule(C.compare(MASKED_EQUAL, first, abi.encodePacked(uint256(0xf0), uint256(0xa0))));
        _allows(abi.encode(0xa0));
        _allows(abi.encode(MAX ^ 0x50));
        for (uint256 bit = 4; bit < 8; ++bit) _fails(abi.encode(0xa0 ^ (1 << bit)), 0xa0 ^ (1 << bit));
    }

    function test_prefix() public {
        _rule(C.hasPrefix(text, "abc"));
        _allows(abi.encode("abc"));
        _allows(abi.encode("abcd"));
        _fails(abi.encode("ab"), uint256(keccak256("ab")));
        _fails(abi.encode("abd"), uint256(keccak256("abd")));
        _fails(abi.encode(""), uint256(keccak256("")));
    }

    function test_longestPrefix() public {
        bytes memory prefix = new bytes(255);
        prefix[254] = 0x01;
        _rule(C.hasPrefix(text, prefix));
        _allows(abi.encode(abi.encodePacked(prefix, "tail")));
        _allows(abi.encode(prefix));
        bytes memory other = new bytes(255);
        _fails(abi.encode(other), uint256(keccak256(other)));
    }

    function test_hash() public {
        _rule(C.compare(HASH, text, uint256(keccak256("abc"))));
        _allows(abi.encode("abc"));
        // Padding is no part of the string.
        _allows(abi.encodePacked(uint256(32), uint256(3), "abcd", new bytes(28)));
        _fails(abi.encode("abcd"), uint256(keccak256("abcd")));
        _fails(abi.encode("ab"), uint256(keccak256("ab")));
    }

    function test_relations() public {
        _rule(C.relate(EQUAL_PATH, first, C.word(1)));
        _allows(abi.encode(7, 7));
        _fails(abi.encode(7, 8), 7);
        _rule(C.relate(AT_MOST_PATH, first, C.word(1)));
        _allows(abi.encode(7, 7));
        _allows(abi.encode(0, MAX));
        _fails(abi.encode(8, 7), 8);
        _rule(C.relate(AT_LEAST_PATH, first, C.word(1)));
        _allows(abi.encode(7, 7));
        _allows(abi.encode(MAX, 0));
        _fails(abi.encode(7, 8), 7);
    }

    function test_relationToValue() public {
        _rule(C.relate(EQUAL_PATH, first, C.VALUE));
        _allows(abi.encode(CARRIED));
        _fails(abi.encode(CARRIED + 1), CARRIED + 1);
        _rule(C.relate(AT_LEAST_PATH, C.VALUE, first));
        _allows(abi.encode(CARRIED));
        _fails(abi.encode(CARRIED + 1), CARRIED);
    }

    function test_otherPathIsHeld() public {
        _rule(C.relate(EQUAL_PATH, first, C.typed(1, UINT8)));
        _allows(abi.encode(255, 255));
        _denies(
            abi.encode(256, 256),
            abi.encodeWithSelector(WordNotClean.selector, 0, C.typed(1, UINT8), bytes32(uint256(256)))
        );
        _denies(abi.encode(7), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 36));
    }
}
