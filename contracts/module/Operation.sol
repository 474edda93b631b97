// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";

/// @notice What a lane asks to be decided, and what deciding it finds. One is made for each operation and passed along.
struct Operation {
    address account;
    bytes32 keyId;
    address signer;
    /// @dev The window, seconds since 1970.
    uint256 validAfter;
    uint256 validUntil;
    KeySettings settings;
    /// @dev Native charge, wei, saturating.
    uint256 native;
    /// @dev Calls, as rate limit and quota count them.
    uint256 calls;
    /// @dev Charge of the header's first meter, token units, saturating: nearly every policy has one meter or none.
    uint256 firstMeter;
    /// @dev Charges of all meters, where there are several; the first stays 0 here.
    uint256[] meters;
    /// @dev The counters as they will be.
    KeyUsage usage;
    /// @dev Per meter, where there are several, its word as it will be; 0 for none.
    MeterWord[] words;
    /// @dev Root of the policy that the operation's own carried grant would store; 0: it carries none that does.
    bytes32 grantedRoot;
}
