// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Bodies that are a single comparison, as docs/WIRE-FORMAT.md has them
library SingleBytes {
    uint8 private constant IN_SET = 9;

    /// @notice The body of one clause, which is empty if the clause has no such form.
    function body(bytes memory clause) internal pure returns (bytes memory) {
        uint8 operator = uint8(clause[1]);
        if (clause[0] != 0x01 || operator == 0 || (operator > 5 && operator != IN_SET)) return "";
        uint256 operands = 3 + uint8(clause[2]);
        bytes memory path = _cut(clause, 3, operands);
        if (operator != IN_SET) return single(operator, path, trim(_cut(clause, operands, clause.length)));
        bytes memory root = _cut(clause, operands, operands + 28);
        return single(operator, path, abi.encodePacked(root, trim(_cut(clause, operands + 28, clause.length))));
    }

    function single(uint8 operator, bytes memory path, bytes memory operand) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(operator == IN_SET ? 0x18 : 0x10), operator, path, operand);
    }

    /// @notice A number without its leading zero bytes.
    function trim(bytes memory number) internal pure returns (bytes memory) {
        uint256 start;
        while (start < number.length && number[start] == 0) ++start;
        return _cut(number, start, number.length);
    }

    function _cut(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i; i < part.length; ++i) part[i] = data[from + i];
    }
}
