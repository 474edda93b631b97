// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The fixed rules of one session key, in one word. Zero means "never granted"; a revoked key keeps its serial
/// alone.
///
/// | bits    | field        | unit, range                                                          |
/// |---------|--------------|----------------------------------------------------------------------|
/// | 0–35    | validAfter   | seconds since 1970                                                   |
/// | 36–71   | validUntil   | seconds since 1970, not 0                                            |
/// | 72–103  | epoch        | must equal the account's epoch for the key to live                   |
/// | 104–127 | serial       | 1 for the first grant, only grows                                    |
/// | 128–183 | nativeCap    | gwei                                                                 |
/// | 184–187 | nativePeriod | period code (see Periods.sol); set exactly when the cap is           |
/// | 188–203 | rateLimit    | calls                                                                |
/// | 204–207 | ratePeriod   | period code MINUTE…LIFETIME; set exactly when the limit is           |
/// | 208–231 | maxUses      | calls, 0: no quota                                                   |
/// | 232–247 | cooldown     | seconds, or minutes under flag 2                                     |
/// | 248–255 | flags        | 0 ACTIVE · 1 PAUSED · 2 COOLDOWN_IN_MINUTES · 3 MEASURED ·           |
/// |         |              | 4 DIRECT_LANE; reserved, must be 0: 5–7                              |
type KeySettings is uint256;

using KeySettingsLib for KeySettings global;

/// @title Reads and changes {KeySettings}
/// @dev Fields come out as full words, so that no caller pays for cleaning small integers.
library KeySettingsLib {
    /// @notice Values within the 8-bit field that {flags} returns.
    uint256 internal constant FLAG_ACTIVE = 1;
    uint256 internal constant FLAG_PAUSED = 2;
    uint256 internal constant FLAG_COOLDOWN_IN_MINUTES = 4;
    uint256 internal constant FLAG_MEASURED = 8;
    uint256 internal constant FLAG_DIRECT_LANE = 16;

    uint256 internal constant MAX_TIME = 0xfffffffff;
    uint256 internal constant MAX_EPOCH = 0xffffffff;
    uint256 internal constant MAX_SERIAL = 0xffffff;

    /// @notice First second of the key's life, seconds since 1970.
    function validAfter(KeySettings self) internal pure returns (uint256) {
        return KeySettings.unwrap(self) & 0xfffffffff;
    }

    /// @notice Last second of the key's life, seconds since 1970.
    function validUntil(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 36) & 0xfffffffff;
    }

    /// @notice The account epoch that this grant belongs to.
    function epoch(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 72) & 0xffffffff;
    }

    /// @notice Which grant of this key this is, counted from 1.
    function serial(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 104) & 0xffffff;
    }

    /// @notice Native spending limit per {nativePeriod}, in gwei; 0: the key can spend none.
    function nativeCap(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 128) & 0xffffffffffffff;
    }

    /// @notice Period code of the native spending limit.
    function nativePeriod(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 184) & 0xf;
    }

    /// @notice Calls per {ratePeriod}; 0: no rate limit.
    function rateLimit(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 188) & 0xffff;
    }

    /// @notice Period code of the rate limit.
    function ratePeriod(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 204) & 0xf;
    }

    /// @notice Calls that this grant may ever make; 0: no quota.
    function maxUses(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 208) & 0xffffff;
    }

    /// @notice The cooldown as stored: see {cooldownSeconds} for its unit.
    function cooldown(KeySettings self) internal pure returns (uint256) {
        return (KeySettings.unwrap(self) >> 232) & 0xffff;
    }

    /// @notice Seconds that must lie between the end of one operation's window and the start of the next.
    function cooldownSeconds(KeySettings self) internal pure returns (uint256) {
        uint256 raw = cooldown(self);
        // unchecked: raw < 2^16, so the product is below 2^22.
        unchecked {
            return KeySettings.unwrap(self) & (FLAG_COOLDOWN_IN_MINUTES << 248) == 0 ? raw : raw * 60;
        }
    }

    /// @notice All eight flag bits, the reserved ones too.
    function flags(KeySettings self) internal pure returns (uint256) {
        return KeySettings.unwrap(self) >> 248;
    }

    /// @notice Granted and not revoked one by one; whether the epoch still holds is the account's to say.
    function isActive(KeySettings self) internal pure returns (bool) {
        return KeySettings.unwrap(self) & (FLAG_ACTIVE << 248) != 0;
    }

    /// @notice Paused one by one.
    function isPaused(KeySettings self) internal pure returns (bool) {
        return KeySettings.unwrap(self) & (FLAG_PAUSED << 248) != 0;
    }

    /// @notice Active, and not paused one by one.
    function isRunning(KeySettings self) internal pure returns (bool) {
        return flags(self) & (FLAG_ACTIVE | FLAG_PAUSED) == FLAG_ACTIVE;
    }

    /// @notice The direct lane is open to the key.
    function isDirect(KeySettings self) internal pure returns (bool) {
        return KeySettings.unwrap(self) & (FLAG_DIRECT_LANE << 248) != 0;
    }

    /// @notice Running, and not measured: what the hot path takes.
    function isPlain(KeySettings self) internal pure returns (bool) {
        return flags(self) & (FLAG_ACTIVE | FLAG_PAUSED | FLAG_MEASURED) == FLAG_ACTIVE;
    }

    /// @notice Every operation stands in a frame.
    function isMeasured(KeySettings self) internal pure returns (bool) {
        return KeySettings.unwrap(self) & (FLAG_MEASURED << 248) != 0;
    }

    /// @notice The same settings, paused or not.
    function withPaused(KeySettings self, bool paused) internal pure returns (KeySettings) {
        uint256 flag = FLAG_PAUSED << 248;
        uint256 word = KeySettings.unwrap(self);
        return KeySettings.wrap(paused ? word | flag : word & ~flag);
    }

    /// @notice What is left of a key after a revoke: the serial that was used or burned last.
    /// @param serial_ the caller guarantees at most {MAX_SERIAL}; more would spill into the native cap.
    function serialOnly(uint256 serial_) internal pure returns (KeySettings) {
        return KeySettings.wrap(serial_ << 104);
    }
}
