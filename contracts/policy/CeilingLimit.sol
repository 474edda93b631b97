// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice One cap over all keys of an account, in one word.
///
/// | bits    | field  | unit, range                                             |
/// |---------|--------|---------------------------------------------------------|
/// | 0–127   | cap    | wei or token units, not 0                               |
/// | 128–131 | period | period code, not 0                                      |
/// | 132–255 | 0      |                                                         |
///
/// Zero is no ceiling.
type CeilingLimit is uint256;

using CeilingLimitLib for CeilingLimit global;

/// @title Reads and packs {CeilingLimit}
library CeilingLimitLib {
    /// @dev The caller guarantees `cap_` < 2^128 and `period_` < 16: more would spill into neighbours.
    function pack(uint256 period_, uint256 cap_) internal pure returns (CeilingLimit) {
        return CeilingLimit.wrap((period_ << 128) | cap_);
    }

    /// @notice Whether there is a ceiling.
    function isSet(CeilingLimit self) internal pure returns (bool) {
        return CeilingLimit.unwrap(self) != 0;
    }

    /// @notice The most that all keys together may spend in one window, wei or token units.
    function cap(CeilingLimit self) internal pure returns (uint256) {
        return uint128(CeilingLimit.unwrap(self));
    }

    /// @notice Period code.
    function period(CeilingLimit self) internal pure returns (uint256) {
        return (CeilingLimit.unwrap(self) >> 128) & 0xf;
    }
}
