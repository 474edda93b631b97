// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SingleBytes} from "./SingleBytes.sol";

/// @dev `subject · tag` is the identity; `cap` in token units.
struct Meter {
    address token;
    uint8 tag;
    uint8 period;
    uint128 cap;
}

/// @dev `meterIndex` and `rate` are encoded for mode 2 only.
struct Paymaster {
    address paymaster;
    uint8 mode;
    bytes prefix;
    uint8 meterIndex;
    uint128 rate;
}

struct Permission {
    uint8 kind;
    uint8 mark;
    address target;
    bytes4 selector;
    bytes body;
}

/// @title The policy encodings of docs/WIRE-FORMAT.md, written from that page
/// @notice Independent of the contracts' own libraries, so that both can only agree by both being right.
library PolicyBytes {
    /// @param pinnedCode 0: no such section.
    function header(Meter[] memory meters, Paymaster[] memory paymasters, bytes32 pinnedCode)
        internal
        pure
        returns (bytes memory)
    {
        return header(meters, paymasters, address(0), pinnedCode);
    }

    /// @param checker 0: no such section.
    /// @param pinnedCode 0: no such section.
    function header(Meter[] memory meters, Paymaster[] memory paymasters, address checker, bytes32 pinnedCode)
        internal
        pure
        returns (bytes memory out)
    {
        uint8 sections = (pinnedCode == 0 ? 0 : 1) | (checker == address(0) ? 0 : 4);
        for (uint256 i; i < meters.length; ++i) {
            if (uint160(meters[i].token) < 65_536 && meters[i].tag == 255) sections |= 16;
        }
        out = abi.encodePacked(uint8(meters.length), uint8(paymasters.length), sections);
        for (uint256 i; i < meters.length; ++i) {
            out = abi.encodePacked(out, meters[i].token, meters[i].tag, meters[i].period, meters[i].cap);
        }
        for (uint256 i; i < paymasters.length; ++i) {
            Paymaster memory it = paymasters[i];
            out = abi.encodePacked(out, it.paymaster, it.mode, uint8(it.prefix.length), it.prefix);
            if (it.mode == 2) out = abi.encodePacked(out, it.meterIndex, it.rate);
        }
        if (checker != address(0)) out = abi.encodePacked(out, checker);
        if (pinnedCode != 0) out = abi.encodePacked(out, pinnedCode);
    }

    function permissions(Permission[] memory list, uint8 hotCount) internal pure returns (bytes memory out) {
        out = abi.encodePacked(uint16(list.length), hotCount);
        for (uint256 i; i < list.length; ++i) {
            Permission memory it = list[i];
            out = abi.encodePacked(out, it.kind, it.mark, it.target, it.selector, uint16(it.body.length), it.body);
        }
    }

    function leaf(Permission memory it) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(uint8(0), it.kind, it.mark, it.target, it.selector, keccak256(it.body))
        );
    }

    function leaves(Permission[] memory list) internal pure returns (bytes32[] memory out) {
        out = new bytes32[](list.length);
        for (uint256 i; i < list.length; ++i) out[i] = leaf(list[i]);
    }

    function policyRoot(bytes memory header_, bytes32 permissionsRoot) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(2), keccak256(header_), permissionsRoot));
    }

    // ------------------------------------------------------------------ bodies

    /// @notice A body of nothing but a largest value per call, in wei.
    function maxValueBody(uint128 maxValue) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), maxValue);
    }

    /// @notice A body of clauses, with a largest value if it is not 0; a single comparison without one in its own form.
    function body(uint128 maxValue, bytes[] memory clauses) internal pure returns (bytes memory out) {
        if (maxValue == 0 && clauses.length == 1) out = SingleBytes.body(clauses[0]);
        return out.length == 0 ? longBody(maxValue, clauses) : out;
    }

    /// @notice A body of clauses that is never in the form for a single comparison.
    function longBody(uint128 maxValue, bytes[] memory clauses) internal pure returns (bytes memory out) {
        out = maxValue == 0 ? abi.encodePacked(uint8(2)) : abi.encodePacked(uint8(3), maxValue);
        out = abi.encodePacked(out, uint8(clauses.length));
        for (uint256 i; i < clauses.length; ++i) out = abi.encodePacked(out, clauses[i]);
    }

    /// @notice A body of one clause.
    function body(bytes memory clause) internal pure returns (bytes memory) {
        bytes[] memory clauses = new bytes[](1);
        clauses[0] = clause;
        return body(0, clauses);
    }

    /// @notice A body of charges to numbered meters, with a largest value if it is not 0.
    function chargesBody(uint128 maxValue, bytes[] memory charges) internal pure returns (bytes memory out) {
        out = maxValue == 0 ? abi.encodePacked(uint8(4)) : abi.encodePacked(uint8(5), maxValue);
        out = abi.encodePacked(out, uint8(charges.length));
        for (uint256 i; i < charges.length; ++i) out = abi.encodePacked(out, charges[i]);
    }

    /// @notice A body of one charge.
    function chargesBody(bytes memory charge) internal pure returns (bytes memory) {
        bytes[] memory charges = new bytes[](1);
        charges[0] = charge;
        return chargesBody(0, charges);
    }

    /// @notice Charges 1 to a meter for each call.
    function countCharge(uint8 meterIndex) internal pure returns (bytes memory) {
        return abi.encodePacked(meterIndex, uint8(1));
    }

    /// @notice Charges the call's value, in wei.
    function valueCharge(uint8 meterIndex) internal pure returns (bytes memory) {
        return abi.encodePacked(meterIndex, uint8(2));
    }

    /// @notice Charges argument word `wordIndex`.
    function amountCharge(uint8 meterIndex, uint8 wordIndex) internal pure returns (bytes memory) {
        return abi.encodePacked(meterIndex, uint8(3), uint8(2), uint8(1), wordIndex);
    }

    /// @notice One clause: argument word `wordIndex` equals `operand`.
    function pin(uint8 wordIndex, bytes32 operand) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), uint8(1), uint8(2), uint8(1), wordIndex, operand);
    }

    function pin(uint8 wordIndex, address operand) internal pure returns (bytes memory) {
        return pin(wordIndex, bytes32(uint256(uint160(operand))));
    }

    /// @notice One clause: argument word `wordIndex` is the account.
    function pinSelf(uint8 wordIndex) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), uint8(2), uint8(2), uint8(1), wordIndex);
    }
}
