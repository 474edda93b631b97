// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @notice Where in calldata the header of a policy begins: docs/WIRE-FORMAT.md, `header`. One stack slot where a slice
/// takes two; whoever reads it has checked the header, by {PolicyHeader-check} or by its hash under the stored root.
type Header is uint256;

using HeaderLib for Header global;

/// @title Reads a policy's header: meters and paymasters
library HeaderLib {
    using CalldataWord for bytes;

    uint256 internal constant METERS_OFFSET = 3;
    uint256 internal constant METER_LENGTH = 38;
    uint256 internal constant PAYMASTER_HEAD = 22;
    uint256 internal constant PAYMASTER_SPONSOR = 1;
    uint256 internal constant PAYMASTER_TOKEN = 2;
    uint256 internal constant SECTION_PINNED_CODE = 1;
    /// @dev meterIndex 1 · rate 16.
    uint256 internal constant TOKEN_PART = 17;

    /// @notice The header whose bytes are `data`.
    function locate(bytes calldata data) internal pure returns (Header header) {
        // Assembly: Solidity cannot say where calldata lies.
        assembly ("memory-safe") {
            header := data.offset
        }
    }

    function meterCount(Header self) internal pure returns (uint256) {
        return _word(self, 0) >> 248;
    }

    function paymasterCount(Header self) internal pure returns (uint256) {
        return (_word(self, 0) >> 240) & 0xff;
    }

    /// @notice Which optional parts the header has, one bit each: SECTION_*.
    function sections(Header self) internal pure returns (uint256) {
        return (_word(self, 0) >> 232) & 0xff;
    }

    /// @notice The token of meter `index`.
    function meterToken(Header self, uint256 index) internal pure returns (address) {
        return address(uint160(_meter(self, index) >> 96));
    }

    /// @notice Subject and tag of meter `index`, 21 bytes right-aligned: its identity.
    function meterIdentity(Header self, uint256 index) internal pure returns (uint256) {
        return _meter(self, index) >> 88;
    }

    /// @notice Period code of meter `index`.
    function meterPeriod(Header self, uint256 index) internal pure returns (uint256) {
        return (_meter(self, index) >> 80) & 0xff;
    }

    /// @notice Cap of meter `index`, token units.
    function meterCap(Header self, uint256 index) internal pure returns (uint256) {
        // Unchecked: `index` is a byte, so no offset passes 10,000.
        unchecked {
            return _word(self, METERS_OFFSET + METER_LENGTH * index + 22) >> 128;
        }
    }

    /// @notice Whether some meter counts `token`.
    function meters(Header self, address token) internal pure returns (bool found) {
        uint256 count = self.meterCount();
        // Assembly: every permission of a grant asks, and a branch and a call for each meter cost twice as much.
        assembly ("memory-safe") {
            let word := shl(96, token)
            let position := add(self, METERS_OFFSET)
            for { let end := add(position, mul(METER_LENGTH, count)) } lt(position, end) {
                position := add(position, METER_LENGTH)
            } {
                found := or(found, iszero(shr(96, xor(calldataload(position), word))))
            }
        }
    }

    /// @notice Finds the first entry for `paymaster` whose prefix `data` begins with.
    /// @param data the paymaster's own data, behind its two gas limits.
    /// @return mode 0 if there is none.
    /// @return meterIndex of a TOKEN entry.
    /// @return rate of a TOKEN entry, token units per 1e18 wei.
    function findPaymaster(Header self, address paymaster, bytes calldata data)
        internal
        pure
        returns (uint256 mode, uint256 meterIndex, uint256 rate)
    {
        uint256 offset = METERS_OFFSET + METER_LENGTH * self.meterCount();
        for (uint256 left = self.paymasterCount(); left > 0; --left) {
            uint256 entry = _word(self, offset);
            mode = (entry >> 88) & 0xff;
            uint256 prefixLength = (entry >> 80) & 0xff;
            offset += PAYMASTER_HEAD;
            bool matches = address(uint160(entry >> 96)) == paymaster && data.length >= prefixLength
                && CalldataWord.sliceAt(Header.unwrap(self) + offset, prefixLength).hash()
                    == data.slice(0, prefixLength).hash();
            offset += prefixLength;
            if (mode == PAYMASTER_TOKEN) {
                uint256 tokenPart = _word(self, offset);
                if (matches) return (mode, tokenPart >> 248, (tokenPart >> 120) & type(uint128).max);
                offset += TOKEN_PART;
            } else if (matches) {
                return (mode, 0, 0);
            }
        }
        return (0, 0, 0);
    }

    /// @dev The first 32 bytes of meter `index`: token 20 · tag 1 · period 1 · the cap's upper 10.
    function _meter(Header self, uint256 index) private pure returns (uint256) {
        // Unchecked: as in {meterCap}.
        unchecked {
            return _word(self, METERS_OFFSET + METER_LENGTH * index);
        }
    }

    function _word(Header self, uint256 offset) private pure returns (uint256) {
        // Unchecked: a position in calldata, and an offset within a header of at most 2^16 bytes or so.
        unchecked {
            return CalldataWord.load(Header.unwrap(self) + offset);
        }
    }
}
