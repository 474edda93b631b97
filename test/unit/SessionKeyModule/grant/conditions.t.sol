// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, MOVES_NOTHING, UNCAPPED} from "../../../utils/Codes.sol";
import {
    ADDRESS,
    AT_LEAST,
    AT_MOST,
    AT_LEAST_PATH,
    AT_MOST_PATH,
    BYTES4,
    EQUAL,
    EQUAL_PATH,
    EQUAL_SELF,
    HASH,
    INT8,
    IN_LIST,
    IN_SET,
    MASKED_EQUAL,
    NOT_EQUAL,
    PREFIX,
    SIGNED_AT_LEAST,
    SIGNED_AT_MOST,
    UINT256,
    UINT8,
    ConditionBytes as C
} from "../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../utils/ConditionTest.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SingleBytes} from "../../../utils/SingleBytes.sol";

// grant: argument conditions
// ├── paths
// │   ├── steps that only an offset leads to, that only end a path, that never do, that stand alone
// │   ├── head lengths, word types, slices and element widths at their boundary
// │   └── EVERY and SOME once
// ├── operators fit what the path finds
// ├── operands: empty, unordered and impossible ones
// ├── two clauses that leave nothing between them
// ├── set proofs are announced if and only if there are sets
// ├── every cut of a long body, and every byte behind it
// └── a spender is pinned by one comparison with one value, of a plain or typed word
contract GrantConditionsTest is ConditionTest {
    /// @dev sections 1 · clauseCount 1 · comparisonCount 1.
    uint256 private constant COMPARISON = 19;
    /// @dev And operator 1 · pathLength 1.
    uint256 private constant PATH = 21;

    bytes private array = C.follow(0, 1);
    bytes private text = abi.encodePacked(C.follow(0, 1), C.BYTES);

    function test_pathsAllowed() public {
        _grants(abi.encodePacked(array, C.element(65535, 255), C.word(254)));
        _grants(abi.encodePacked(array, C.element(0, 0), C.element(0, 0), C.word(255)));
        _grants(abi.encodePacked(array, C.every(0), C.call(PING), C.follow(254, 255), C.LENGTH));
        _grants(abi.encodePacked(C.followBefore(0, 2, 1), C.LENGTH));
        _grants(abi.encodePacked(C.followBefore(0, 33, type(uint32).max), C.LENGTH));
        _grants(abi.encodePacked(C.followBefore(252, 255, 3), C.LENGTH));
        _grants(abi.encodePacked(array, C.some(2), C.typed(1, ADDRESS)));
        _grants(abi.encodePacked(array, C.slice(0x7fff, 32)));
        _grants(abi.encodePacked(array, C.slice(0x8020, 32)));
        _grants(C.VALUE);
    }

    function test_pathsMalformed() public {
        _malformed("", 0);
        // Unknown steps, and steps that are cut.
        _malformed(hex"03", 0);
        _malformed(hex"0300ff000001", 0);
        _malformed(hex"00", 0);
        _malformed(hex"0d00", 0);
        _malformed(hex"01", 0);
        _malformed(hex"0c01", 0);
        // Only an offset leads to a length word.
        _malformed(C.LENGTH, 0);
        _malformed(C.slice(0, 1), 0);
        _malformed(abi.encodePacked(C.element(0, 1), C.word(0)), 0);
        _malformed(abi.encodePacked(C.every(1), C.word(0)), 0);
        _malformed(abi.encodePacked(C.call(PING), C.word(0)), 0);
        _malformed(abi.encodePacked(array, C.call(PING), C.LENGTH), 3 + 5);
        _malformed(abi.encodePacked(array, C.element(0, 1), C.LENGTH), 3 + 4);
        // An element of a known width holds no offsets, and only so many words.
        _malformed(abi.encodePacked(array, C.element(0, 2), C.follow(0, 1), C.word(0)), 3 + 4);
        _malformed(abi.encodePacked(array, C.element(0, 2), C.word(2)), 3 + 4);
        // What finds a value ends the path, and nothing else does.
        _malformed(abi.encodePacked(C.word(0), C.word(0)), 0);
        _malformed(abi.encodePacked(C.VALUE, C.word(0)), 0);
        _malformed(abi.encodePacked(array, C.VALUE), 3);
        _malformed(array, 0);
        _malformed(abi.encodePacked(array, C.element(0, 1)), 3);
        _malformed(abi.encodePacked(array, C.call(PING)), 3);
        _malformed(abi.encodePacked(array, C.every(1)), 3);
    }

    function test_stepOperands() public {
        _malformed(abi.encodePacked(C.follow(1, 1), C.word(0)), 0);
        _malformed(abi.encodePacked(C.follow(0, 0), C.word(0)), 0);
        // Offsets before which another leads: at least one, and all of them in the head.
        _malformed(abi.encodePacked(C.followBefore(0, 2, 0), C.LENGTH), 0);
        _malformed(abi.encodePacked(C.followBefore(1, 2, 1), C.LENGTH), 0);
        _malformed(abi.encodePacked(C.followBefore(0, 32, type(uint32).max), C.LENGTH), 0);
        _malformed(abi.encodePacked(C.followBefore(252, 255, 4), C.LENGTH), 0);
        _malformed(abi.encodePacked(array, C.element(0, 2), C.followBefore(0, 2, 1), C.LENGTH), 3 + 4);
        _malformed(C.followBefore(0, 2, 1), 0);
        _malformed(abi.encodePacked(array, C.slice(0, 0)), 3);
        _malformed(abi.encodePacked(array, C.slice(0, 33)), 3);
        _malformed(abi.encodePacked(array, C.slice(0x801f, 32)), 3);
        for (uint256 wordType; wordType < 256; ++wordType) {
            uint256 low = wordType & 0x3f;
            bytes memory path = C.typed(0, uint8(wordType));
            if (wordType < 0xc0 && low != 0 && low <= 32) _grants(path);
            else _malformed(path, 0);
        }
    }

    function test_quantifiedOnce() public {
        _malformed(abi.encodePacked(array, C.every(0), C.every(1), C.word(0)), 5);
        _malformed(abi.encodePacked(array, C.some(0), C.every(1), C.word(0)), 5);
        _grants(abi.encodePacked(array, C.some(0), C.element(0, 1), C.word(0)));
        _unfit(C.relate(EQUAL_PATH, C.word(0), abi.encodePacked(array, C.every(1), C.word(0))), 1 + 1 + 2 + 1);
        _grantsOnly(C.relate(EQUAL_PATH, abi.encodePacked(array, C.every(1), C.word(0)), C.word(1)));
    }

    function test_operators() public {
        _malformedAt(C.compare(0, C.word(0), 1), COMPARISON);
        for (uint256 operator = 16; operator < 256; ++operator) {
            _malformedAt(C.compare(uint8(operator), C.word(0), 1), COMPARISON);
        }
        for (uint8 operator = 1; operator <= 15; ++operator) {
            bool ofBytes = operator == PREFIX || operator == HASH;
            bool order = operator == AT_MOST || operator == AT_LEAST || operator > EQUAL_PATH;
            bool signed = operator == SIGNED_AT_MOST || operator == SIGNED_AT_LEAST;
            _fits(operator, text, ofBytes);
            _fits(operator, C.word(0), !ofBytes);
            _fits(operator, C.typed(0, UINT256), !ofBytes && !signed);
            _fits(operator, C.VALUE, !ofBytes && !signed);
            _fits(operator, abi.encodePacked(array, C.LENGTH), !ofBytes && !signed);
            _fits(operator, abi.encodePacked(array, C.slice(0, 32)), !ofBytes && !signed);
            _fits(operator, C.typed(0, 0x60), !ofBytes && !signed && !order);
            _fits(operator, C.typed(0, 0xa0), !ofBytes && !order);
        }
        // The other path of a relation, as well.
        _unfit(C.relate(EQUAL_PATH, C.word(0), text), 1 + 1 + 2 + 1);
        _unfit(C.relate(AT_MOST_PATH, C.word(0), C.typed(1, INT8)), 1 + 1 + 2 + 1);
        _malformedAt(C.relate(EQUAL_PATH, C.word(0), ""), COMPARISON + 5);
    }

    function test_operandsMalformed() public {
        uint256 operands = COMPARISON + 4;
        _malformedAt(C.inList(C.word(0), new uint256[](0)), operands);
        _malformedAt(C.inList(C.word(0), _words(1, 1, 2)), operands + 1 + 32);
        _malformedAt(C.inList(C.word(0), _words(1, 3, 2)), operands + 1 + 64);
        _malformedAt(C.inSet(C.word(0), bytes28(keccak256("root")), 0), operands + 28);
        _malformedAt(C.compare(MASKED_EQUAL, C.word(0), abi.encode(0, 0)), operands);
        _malformedAt(C.hasPrefix(text, ""), COMPARISON + 2 + text.length);
    }

    function test_impossible() public {
        uint256 operands = 2 + 3;
        _impossible(C.compare(MASKED_EQUAL, C.word(0), abi.encode(0xf0, 0xf1)), 4 + 32);
        _impossible(C.compare(MASKED_EQUAL, C.typed(0, UINT8), abi.encode(0x1f0, 0x100)), operands + 32);
        _impossible(C.compare(EQUAL, C.typed(0, UINT8), 256), operands);
        _grantsOnly(C.compare(EQUAL, C.typed(0, UINT8), 255));
        _impossible(C.compare(AT_LEAST, C.typed(0, UINT8), 256), operands);
        _impossible(C.compare(EQUAL, C.typed(0, BYTES4), 1), operands);
        _impossible(C.compare(EQUAL, C.typed(0, INT8), 128), operands);
        _impossible(C.compare(SIGNED_AT_LEAST, C.typed(0, INT8), 128), operands);
        _grantsOnly(C.compare(SIGNED_AT_MOST, C.typed(0, INT8), 128));
        _impossible(C.compare(SIGNED_AT_MOST, C.typed(0, INT8), uint256(int256(-129))), operands);
        _grantsOnly(C.compare(SIGNED_AT_LEAST, C.typed(0, INT8), uint256(int256(-129))));
        _impossible(C.inList(C.typed(0, UINT8), _words(1, 2, 256)), operands + 1 + 64);
        _impossible(C.compare(EQUAL_SELF, C.typed(0, 0x13)), operands);
        _impossible(C.compare(EQUAL_SELF, C.typed(0, 0x54)), operands);
        _grantsOnly(C.compare(EQUAL_SELF, C.typed(0, ADDRESS)));
        bytes memory path = abi.encodePacked(array, C.slice(0, 2));
        _impossible(C.compare(EQUAL, path, 0x10000), 2 + path.length);
    }

    function test_contradictions() public {
        _pair(C.compare(EQUAL, C.word(0), 1), C.compare(EQUAL, C.word(0), 2), false);
        _pair(C.compare(EQUAL, C.word(0), 1), C.compare(EQUAL, C.word(0), 1), true);
        _pair(C.compare(EQUAL, C.word(0), 1), C.compare(EQUAL, C.word(1), 2), true);
        _pair(C.compare(AT_LEAST, C.word(0), 6), C.compare(AT_MOST, C.word(0), 5), false);
        _pair(C.compare(AT_LEAST, C.word(0), 5), C.compare(AT_MOST, C.word(0), 5), true);
        _pair(C.compare(EQUAL, C.word(0), 6), C.compare(AT_MOST, C.word(0), 5), false);
        _pair(C.compare(EQUAL, C.word(0), 4), C.compare(AT_LEAST, C.word(0), 5), false);
        // Different elements may be different.
        bytes memory path = abi.encodePacked(array, C.some(1), C.word(0));
        _pair(C.compare(EQUAL, path, 1), C.compare(EQUAL, path, 2), true);
        // A clause of several comparisons stands between.
        bytes[] memory clauses = new bytes[](3);
        clauses[0] = C.clause(C.compare(EQUAL, C.word(0), 1));
        clauses[1] = C.either(C.compare(EQUAL, C.word(0), 1), C.inList(C.word(0), _words(1, 2, 3)));
        clauses[2] = C.clause(C.compare(EQUAL, C.word(0), 2));
        uint256 start = 2 + clauses[0].length + clauses[1].length;
        _refusesBody(PolicyBytes.body(0, clauses), abi.encodeWithSelector(ConditionImpossible.selector, 0, start));
    }

    function test_sets() public {
        bytes memory set = C.clause(C.inSet(C.word(0), bytes28(keccak256("root")), 1));
        _rules(C.setBody(set));
        _malformedBody(_long(set), 0);
        _malformedBody(abi.encodePacked(uint8(0x18), uint8(EQUAL_SELF), C.word(0)), 0);
        _malformedBody(abi.encodePacked(uint8(9), uint128(1)), 0);
    }

    /// @dev What is nothing but one comparison has one form, and every number in it one length.
    function test_single() public {
        bytes[] memory clauses = new bytes[](1);
        for (uint8 operator = EQUAL; operator <= AT_LEAST; ++operator) {
            bytes memory operand = operator == EQUAL_SELF ? bytes("") : abi.encodePacked(uint256(0x1234));
            clauses[0] = C.clause(C.compare(operator, C.word(0), operand));
            _rules(SingleBytes.single(operator, C.word(0), SingleBytes.trim(operand)));
            _malformedBody(PolicyBytes.longBody(0, clauses), 0);
            _rules(PolicyBytes.longBody(1, clauses));
        }
        // Operands of 0 to 32 bytes without leading zeros.
        _rules(SingleBytes.single(EQUAL, C.word(0), ""));
        _rules(SingleBytes.single(EQUAL, C.word(0), abi.encodePacked(type(uint256).max)));
        _malformedBody(SingleBytes.single(EQUAL, C.word(0), hex"00"), 4);
        _malformedBody(SingleBytes.single(AT_MOST, C.word(0), hex"0001"), 4);
        _malformedBody(SingleBytes.single(EQUAL, C.word(0), abi.encodePacked(uint8(1), uint256(0))), 4);
        _malformedBody(SingleBytes.single(EQUAL_SELF, C.word(0), hex"01"), 4);
        // Other operators, other sections, paths that do not end, and operands that do not fit.
        _malformedBody(SingleBytes.single(0, C.word(0), ""), 1);
        for (uint8 operator = SIGNED_AT_MOST; operator <= AT_LEAST_PATH + 1; ++operator) {
            if (operator != IN_SET) _malformedBody(SingleBytes.single(operator, C.word(0), hex"01"), 1);
        }
        for (uint256 bit = 1; bit < 256; bit *= 2) {
            if (bit == 16) continue;
            bytes memory body = SingleBytes.single(EQUAL, C.word(0), hex"01");
            body[0] |= bytes1(uint8(bit));
            _malformedBody(body, 0);
        }
        _malformedBody(hex"10", 1);
        _malformedBody(hex"1001", 2);
        _malformedBody(hex"100101", 4);
        _malformedBody(abi.encodePacked(hex"1004", C.follow(0, 1)), 2);
        _malformedBody(SingleBytes.single(AT_MOST, hex"0d00", hex"01"), 2);
        _refusesBody(
            SingleBytes.single(AT_MOST, C.typed(0, ADDRESS | 0x80), hex"01"),
            abi.encodeWithSelector(OperatorUnfit.selector, 0, 1)
        );
        _refusesBody(SingleBytes.single(EQUAL, text, hex"01"), abi.encodeWithSelector(OperatorUnfit.selector, 0, 1));
        _refusesBody(
            SingleBytes.single(EQUAL, C.typed(0, UINT8), hex"0100"),
            abi.encodeWithSelector(ConditionImpossible.selector, 0, 5)
        );
        _refusesBody(
            SingleBytes.single(EQUAL_SELF, C.typed(0, UINT8), ""),
            abi.encodeWithSelector(ConditionImpossible.selector, 0, 5)
        );
    }

    function test_singleSet() public {
        bytes28 root = bytes28(keccak256("root"));
        _rules(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"01")));
        _rules(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"ffffffff")));
        _malformedBody(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root)), 32);
        _malformedBody(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"00")), 32);
        _malformedBody(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"0001")), 32);
        _malformedBody(SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"0100000000")), 32);
        _malformedBody(SingleBytes.single(IN_SET, C.word(0), hex"01"), 32);
        bytes[] memory clauses = new bytes[](1);
        clauses[0] = C.clause(C.inSet(C.word(0), root, 1));
        bytes memory long = PolicyBytes.longBody(0, clauses);
        long[0] |= 0x08;
        _malformedBody(long, 0);
        bytes memory unannounced = SingleBytes.single(IN_SET, C.word(0), abi.encodePacked(root, hex"01"));
        unannounced[0] = 0x10;
        _malformedBody(unannounced, 0);
    }

    function test_cutAndTail() public {
        bytes[] memory clauses = new bytes[](4);
        clauses[0] = C.either(C.compare(EQUAL, C.word(0), 1), C.inList(C.word(1), _words(1, 2, 3)));
        clauses[1] = C.clause(C.hasPrefix(text, "prefix"));
        clauses[2] = C.clause(C.relate(EQUAL_PATH, C.word(0), C.typed(1, UINT8)));
        bytes memory nested = abi.encodePacked(array, C.every(0), C.call(PING), C.word(1));
        clauses[3] = C.clause(C.inSet(nested, bytes28(keccak256("root")), 7));
        bytes memory whole = PolicyBytes.body(5, clauses);
        whole[0] |= 0x08;
        _rules(whole);
        _malformedBody(abi.encodePacked(whole, uint8(0)), whole.length);
        for (uint256 length = 1; length < whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) cut[i] = whole[i];
            delete permissions;
            _permit(EXACT, MOVES_NOTHING, APP, PING, cut);
            vm.prank(ACCOUNT);
            vm.expectPartialRevert(PermissionBodyMalformed.selector);
            module.grant(signer, _settings(), _header(), _permissions());
        }
    }

    function test_spender() public {
        _meter(TOKEN, DAY, 1000);
        _spender(C.clause(C.compare(EQUAL, C.word(0), uint160(APP))), true);
        _spender(C.clause(C.compare(EQUAL_SELF, C.word(0))), true);
        _spender(C.clause(C.compare(EQUAL, C.typed(0, ADDRESS), uint160(APP))), true);
        _spender(C.clause(C.compare(EQUAL, C.word(1), 5)), false);
        _spender(C.clause(C.compare(NOT_EQUAL, C.word(0), uint160(APP))), false);
        _spender(C.clause(C.inList(C.word(0), _words(1, 2, 3))), false);
        _spender(C.clause(C.compare(EQUAL, abi.encodePacked(C.follow(0, 1), C.word(0)), uint160(APP))), false);
        bytes memory pin = C.compare(EQUAL, C.word(0), uint160(APP));
        _spender(C.either(pin, C.compare(EQUAL, C.word(1), 5)), false);
    }

    function _spender(bytes memory clause, bool pinned) private {
        for (uint8 mark = CHARGED; mark <= UNCAPPED; ++mark) {
            delete permissions;
            _permit(EXACT, mark, TOKEN, APPROVE, PolicyBytes.body(clause));
            if (pinned) _grantsNext();
            else _refusesGrant(abi.encodeWithSelector(SpenderNotPinned.selector, 0, 0));
        }
    }

    function _grants(bytes memory path) private {
        _grantsOnly(C.compare(NOT_EQUAL, path, 0));
    }

    function _grantsOnly(bytes memory comparison) private {
        _rules(PolicyBytes.body(C.clause(comparison)));
    }

    /// @param offset in the path.
    function _malformed(bytes memory path, uint256 offset) private {
        _malformedAt(C.compare(NOT_EQUAL, path, 0), PATH + offset);
    }

    function _malformedAt(bytes memory comparison, uint256 offset) private {
        _malformedBody(_long(C.clause(comparison)), offset);
    }

    /// @dev With a largest value, so that a single comparison is not in the form for one.
    function _long(bytes memory clause) private pure returns (bytes memory) {
        bytes[] memory clauses = new bytes[](1);
        clauses[0] = clause;
        return PolicyBytes.longBody(1, clauses);
    }

    function _malformedBody(bytes memory body, uint256 offset) private {
        _refusesBody(body, abi.encodeWithSelector(PermissionBodyMalformed.selector, 0, offset));
    }

    /// @param offset in the comparison.
    function _impossible(bytes memory comparison, uint256 offset) private {
        _refusesBody(
            _long(C.clause(comparison)),
            abi.encodeWithSelector(ConditionImpossible.selector, 0, COMPARISON + offset)
        );
    }

    /// @param offset in the comparison.
    function _unfit(bytes memory comparison, uint256 offset) private {
        _refusesBody(
            _long(C.clause(comparison)),
            abi.encodeWithSelector(OperatorUnfit.selector, 0, COMPARISON + offset)
        );
    }

    function _fits(uint8 operator, bytes memory path, bool fits) private {
        bytes memory operands = abi.encodePacked(uint256(1));
        if (operator == EQUAL_SELF) operands = "";
        else if (operator == IN_LIST) operands = abi.encodePacked(uint8(1), uint256(1));
        else if (operator == IN_SET) operands = abi.encodePacked(bytes28(keccak256("root")), uint32(1));
        else if (operator == MASKED_EQUAL) operands = abi.encode(1, 1);
        else if (operator == PREFIX) operands = hex"0161";
        else if (operator > HASH) operands = abi.encodePacked(uint8(2), C.word(9));
        bytes memory comparison = C.compare(operator, path, operands);
        if (!fits) return _unfit(comparison, 0);
        if (operator == IN_SET) _rules(C.setBody(C.clause(comparison)));
        else _grantsOnly(comparison);
    }

    function _pair(bytes memory first, bytes memory second, bool possible) private {
        for (uint256 order; order < 2; ++order) {
            bytes[] memory clauses = new bytes[](2);
            (clauses[order], clauses[1 - order]) = (C.clause(first), C.clause(second));
            bytes memory body = PolicyBytes.body(0, clauses);
            if (possible) _rules(body);
            else _refusesBody(body, abi.encodeWithSelector(ConditionImpossible.selector, 0, 2 + clauses[0].length));
        }
    }

    function _refusesBody(bytes memory body, bytes memory problem) private {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
        _refusesGrant(problem);
    }
}
