// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {ACTIVE} from "./Codes.sol";
import {Meter, Paymaster, Permission, PolicyBytes} from "./PolicyBytes.sol";
import {Test} from "./Test.sol";
import {TreeBytes} from "./TreeBytes.sol";

/// @notice The policy that a test is about to grant, as plain variables that the test changes at will.
abstract contract PolicyFixture is Test {
    /// @dev Fields of the settings word; times in seconds, `nativeCap` in gwei.
    struct Limits {
        uint256 validAfter;
        uint256 validUntil;
        uint256 epoch;
        uint256 serial;
        uint256 nativeCap;
        uint256 nativePeriod;
        uint256 rateLimit;
        uint256 ratePeriod;
        uint256 maxUses;
        uint256 cooldown;
        uint256 flags;
    }

    /// @dev Wednesday 2026-06-17, 12:00:00 UTC: the first second of a minute, hour and half day.
    uint256 internal constant NOON = 1_781_697_600;

    Limits internal limits;
    Meter[] internal meters;
    Paymaster[] internal paymasters;
    Permission[] internal permissions;
    address internal checker;
    /// @dev Frame rules of a measured key; empty: no such section.
    bytes internal frameRules;
    bytes32 internal pinnedCode;
    uint8 internal hotCount;

    constructor() {
        limits.validAfter = NOON - 1 days;
        limits.validUntil = NOON + 1000 days;
        limits.epoch = 1;
        limits.serial = 1;
        limits.flags = ACTIVE;
    }

    /// @notice Adds a meter with tag 0.
    function _meter(address token, uint8 period, uint128 cap) internal {
        meters.push(Meter(token, 0, period, cap));
    }

    /// @notice Adds a permission with a body. Its index in the list counts from 0.
    function _permit(uint8 kind, uint8 mark, address target, bytes4 selector, bytes memory body) internal {
        permissions.push(Permission(kind, mark, target, selector, body));
    }

    function _permit(uint8 kind, uint8 mark, address target, bytes4 selector) internal {
        _permit(kind, mark, target, selector, "");
    }

    /// @notice The settings word, field by field.
    function _settings() internal view returns (KeySettings) {
        uint256 word = limits.validAfter | (limits.validUntil << 36) | (limits.epoch << 72) | (limits.serial << 104);
        word |= (limits.nativeCap << 128) | (limits.nativePeriod << 184);
        word |= (limits.rateLimit << 188) | (limits.ratePeriod << 204) | (limits.maxUses << 208);
        return KeySettings.wrap(word | (limits.cooldown << 232) | (limits.flags << 248));
    }

    function _header() internal view virtual returns (bytes memory) {
        bytes memory out = PolicyBytes.header(meters, paymasters, checker, pinnedCode);
        if (frameRules.length == 0) return out;
        bytes memory tail = abi.encodePacked(
            checker == address(0) ? bytes("") : abi.encodePacked(checker),
            pinnedCode == 0 ? bytes("") : abi.encodePacked(pinnedCode)
        );
        out[2] = bytes1(uint8(out[2]) | 8);
        bytes memory head = new bytes(out.length - tail.length);
        for (uint256 i; i < head.length; ++i) head[i] = out[i];
        return abi.encodePacked(head, frameRules, tail);
    }

    function _permissions() internal view returns (bytes memory) {
        return PolicyBytes.permissions(permissions, hotCount);
    }

    function _permissionsRoot() internal view returns (bytes32) {
        return TreeBytes.root(PolicyBytes.leaves(permissions), hotCount);
    }

    function _policyRoot() internal view returns (bytes32) {
        return PolicyBytes.policyRoot(_header(), _permissionsRoot());
    }

    /// @notice Forgets header and permissions; settings stay.
    function _clearPolicy() internal {
        delete meters;
        delete paymasters;
        delete permissions;
        delete checker;
        delete frameRules;
        delete pinnedCode;
        delete hotCount;
    }
}
