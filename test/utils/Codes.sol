// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

// The numbers of docs/WIRE-FORMAT.md, written down a second time: a test that took them from the contracts would follow
// any change there.

uint8 constant OPERATION = 1;
uint8 constant MINUTE = 2;
uint8 constant HOUR = 3;
uint8 constant DAY = 4;
uint8 constant WEEK = 5;
uint8 constant MONTH = 6;
uint8 constant YEAR = 7;
uint8 constant LIFETIME = 8;

uint8 constant EXACT = 1;
uint8 constant ANY_TARGET = 2;
uint8 constant ANY_SELECTOR = 3;
uint8 constant EMPTY_CALLDATA = 4;

uint8 constant CHARGED = 1;
uint8 constant UNCAPPED = 2;
uint8 constant MOVES_NOTHING = 3;

uint8 constant SPONSOR = 1;
uint8 constant TOKEN_PAYMASTER = 2;

uint8 constant ACTIVE = 1;
uint8 constant PAUSED = 2;
uint8 constant COOLDOWN_IN_MINUTES = 4;
uint8 constant MEASURED = 8;
uint8 constant DIRECT_LANE = 16;

/// @dev `resetsAt` of a limit that never resets.
uint256 constant NEVER = type(uint48).max;
