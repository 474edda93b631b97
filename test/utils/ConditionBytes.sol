// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SingleBytes} from "./SingleBytes.sol";

uint8 constant EQUAL = 1;
uint8 constant EQUAL_SELF = 2;
uint8 constant NOT_EQUAL = 3;
uint8 constant AT_MOST = 4;
uint8 constant AT_LEAST = 5;
uint8 constant SIGNED_AT_MOST = 6;
uint8 constant SIGNED_AT_LEAST = 7;
uint8 constant IN_LIST = 8;
uint8 constant IN_SET = 9;
uint8 constant MASKED_EQUAL = 10;
uint8 constant PREFIX = 11;
uint8 constant HASH = 12;
uint8 constant EQUAL_PATH = 13;
uint8 constant AT_MOST_PATH = 14;
uint8 constant AT_LEAST_PATH = 15;

/// @dev Types of a TYPED_WORD.
uint8 constant UINT8 = 0x01;
uint8 constant ADDRESS = 0x14;
uint8 constant UINT256 = 0x20;
uint8 constant BYTES4 = 0x44;
uint8 constant INT8 = 0x81;

/// @title The encodings of conditions in docs/WIRE-FORMAT.md, written from that page
library ConditionBytes {
    // ------------------------------------------------------------------ steps

    function word(uint8 n) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x01), n);
    }

    function typed(uint8 n, uint8 wordType) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x0c), n, wordType);
    }

    function follow(uint8 n, uint8 headWords) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x02), n, headWords);
    }

    /// @param others a bit for each word behind `n` that holds an offset too, the lowest for the next one.
    function followBefore(uint8 n, uint8 headWords, uint32 others) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x03), n, headWords, others);
    }

    function element(uint16 index, uint8 width) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x04), index, width);
    }

    function every(uint8 width) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x05), width);
    }

    function some(uint8 width) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x06), width);
    }

    bytes internal constant LENGTH = hex"07";
    bytes internal constant BYTES = hex"08";
    bytes internal constant VALUE = hex"0a";

    function call(bytes4 selector) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x09), selector);
    }

    /// @param offset counts from the start, or with 0x8000 from the end.
    function slice(uint16 offset, uint8 length) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x0b), offset, length);
    }

    // ------------------------------------------------------------------ comparisons

    function compare(uint8 operator, bytes memory path, bytes memory operands) internal pure returns (bytes memory) {
        return abi.encodePacked(operator, uint8(path.length), path, operands);
    }

    function compare(uint8 operator, bytes memory path, uint256 operand) internal pure returns (bytes memory) {
        return compare(operator, path, abi.encodePacked(operand));
    }

    function compare(uint8 operator, bytes memory path) internal pure returns (bytes memory) {
        return compare(operator, path, "");
    }

    function relate(uint8 operator, bytes memory path, bytes memory other) internal pure returns (bytes memory) {
        return compare(operator, path, abi.encodePacked(uint8(other.length), other));
    }

    function inList(bytes memory path, uint256[] memory list) internal pure returns (bytes memory) {
        return compare(IN_LIST, path, abi.encodePacked(uint8(list.length), list));
    }

    function inSet(bytes memory path, bytes28 root, uint32 count) internal pure returns (bytes memory) {
        return compare(IN_SET, path, abi.encodePacked(root, count));
    }

    function hasPrefix(bytes memory path, bytes memory prefix) internal pure returns (bytes memory) {
        return compare(PREFIX, path, abi.encodePacked(uint8(prefix.length), prefix));
    }

    // ------------------------------------------------------------------ clauses and bodies

    function clause(bytes memory only) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), only);
    }

    function either(bytes memory first, bytes memory second) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(2), first, second);
    }

    /// @notice A body of one clause, with the bit that announces set proofs.
    function setBody(bytes memory clause_) internal pure returns (bytes memory) {
        bytes memory out = SingleBytes.body(clause_);
        return out.length == 0 ? abi.encodePacked(uint8(10), uint8(1), clause_) : out;
    }
}
