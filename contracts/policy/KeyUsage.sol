// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What one grant of a session key has used, in one word. `lastUntil` is the one time that says for which
/// window every counter here counted.
///
/// | bits    | field       | unit, range                                                         |
/// |---------|-------------|---------------------------------------------------------------------|
/// | 0–35    | lastUntil   | seconds since 1970: the end of the last operation's window          |
/// | 36–91   | nativeSpent | gwei                                                                |
/// | 92–187  | meterSpent  | token units that the header's first meter has spent                 |
/// | 188–203 | rateCount   | calls                                                               |
/// | 204–227 | uses        | calls over the whole grant, never wraps                             |
/// | 228–251 | serial      | the grant that counted: counters of an earlier one read as zero     |
/// | 252–255 | 0           |                                                                     |
type KeyUsage is uint256;

using KeyUsageLib for KeyUsage global;

/// @title Reads and packs {KeyUsage}
/// @dev Fields come out as full words, so that no caller pays for cleaning small integers.
library KeyUsageLib {
    uint256 internal constant MAX_LAST_UNTIL = 0xfffffffff;
    uint256 internal constant MAX_NATIVE_SPENT = 0xffffffffffffff;
    uint256 internal constant MAX_METER_SPENT = 0xffffffffffffffffffffffff;
    uint256 internal constant MAX_RATE_COUNT = 0xffff;
    uint256 internal constant MAX_USES = 0xffffff;
    uint256 internal constant MAX_SERIAL = 0xffffff;

    /// @notice Packs all counters.
    /// @dev The caller guarantees each argument's MAX_* bound: they are not checked here, and a larger value would
    /// spill into its neighbours.
    function pack(
        uint256 lastUntil_,
        uint256 nativeSpent_,
        uint256 meterSpent_,
        uint256 rateCount_,
        uint256 uses_,
        uint256 serial_
    ) internal pure returns (KeyUsage) {
        return KeyUsage.wrap(
            lastUntil_ | (nativeSpent_ << 36) | (meterSpent_ << 92) | (rateCount_ << 188) | (uses_ << 204)
                | (serial_ << 228)
        );
    }

    /// @notice End of the last operation's window, seconds since 1970; after an update, the update's block time.
    function lastUntil(KeyUsage self) internal pure returns (uint256) {
        return KeyUsage.unwrap(self) & 0xfffffffff;
    }

    /// @notice Native spent in the window of {lastUntil}, in gwei.
    function nativeSpent(KeyUsage self) internal pure returns (uint256) {
        return (KeyUsage.unwrap(self) >> 36) & 0xffffffffffffff;
    }

    /// @notice Token units that the header's first meter spent in the window of {lastUntil}.
    function meterSpent(KeyUsage self) internal pure returns (uint256) {
        return (KeyUsage.unwrap(self) >> 92) & 0xffffffffffffffffffffffff;
    }

    /// @notice Calls counted against the rate limit in the window of {lastUntil}.
    function rateCount(KeyUsage self) internal pure returns (uint256) {
        return (KeyUsage.unwrap(self) >> 188) & 0xffff;
    }

    /// @notice Calls made over the whole grant.
    function uses(KeyUsage self) internal pure returns (uint256) {
        return (KeyUsage.unwrap(self) >> 204) & 0xffffff;
    }

    /// @notice The grant that these counters belong to.
    function serial(KeyUsage self) internal pure returns (uint256) {
        return (KeyUsage.unwrap(self) >> 228) & 0xffffff;
    }
}
