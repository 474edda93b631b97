// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What a second or later meter has spent, in one word keyed by meter id and account. It carries its own window,
/// so that it needs no write while other meters move on.
///
/// | bits    | field       | unit, range                                        |
/// |---------|-------------|----------------------------------------------------|
/// | 0–219   | spent       | token units                                        |
/// | 220–251 | windowIndex | of `period`, see Periods.sol                       |
/// | 252–255 | period      | period code, never OPERATION: that stores nothing  |
type MeterWord is uint256;

using MeterWordLib for MeterWord global;

/// @title Reads and packs {MeterWord}
library MeterWordLib {
    uint256 internal constant MAX_SPENT = (1 << 220) - 1;
    uint256 internal constant MAX_WINDOW_INDEX = 0xffffffff;
    uint256 internal constant MAX_PERIOD = 0xf;

    /// @notice Packs a meter.
    /// @dev The caller guarantees each argument's MAX_* bound: they are not checked here, and a larger value would
    /// spill into its neighbours. Every 36-bit time keeps its window index within the bound.
    function pack(uint256 period_, uint256 windowIndex_, uint256 spent_) internal pure returns (MeterWord) {
        return MeterWord.wrap((period_ << 252) | (windowIndex_ << 220) | spent_);
    }

    /// @notice Token units spent in the window.
    function spent(MeterWord self) internal pure returns (uint256) {
        return MeterWord.unwrap(self) & MAX_SPENT;
    }

    /// @notice The window that was counted.
    function windowIndex(MeterWord self) internal pure returns (uint256) {
        return (MeterWord.unwrap(self) >> 220) & MAX_WINDOW_INDEX;
    }

    /// @notice Period code by which {windowIndex} counts.
    function period(MeterWord self) internal pure returns (uint256) {
        return MeterWord.unwrap(self) >> 252;
    }
}
