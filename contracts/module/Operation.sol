// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CeilingLimit} from "../policy/CeilingLimit.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {Signer} from "../policy/Signer.sol";

/// @dev In `extras`: what an operation has beyond settings and one meter. An operation with none of it asks once.
uint256 constant EXTRA_CEILINGS = 1;
uint256 constant EXTRA_CHECKER = 2;
uint256 constant EXTRA_METERS = 4;
/// @dev The key is measured.
uint256 constant EXTRA_FRAME = 8;
/// @dev It is a redemption, whose frame the module itself opens and closes.
uint256 constant EXTRA_REDEMPTION = 16;
/// @dev Of a dry run: the operation's own grant has been stored.
uint256 constant EXTRA_CARRIED = 32;
/// @dev Those for which the calls are looked at once more.
uint256 constant EXTRA_CALLS = EXTRA_CEILINGS | EXTRA_CHECKER | EXTRA_FRAME;

/// @dev Of {Operation} in memory.
uint256 constant OPERATION_LENGTH = 448;

/// @notice What an operation charges to one of the account's ceilings.
struct CeilingCharge {
    /// @dev 0: native, in the first place; a free place, in any other.
    address token;
    CeilingLimit limit;
    /// @dev Wei or token units, saturating.
    uint256 charge;
    /// @dev The counter as it will be; 0 for none.
    MeterWord word;
}

/// @notice What a lane asks to be decided, and what deciding it finds. One is made for each operation and passed along.
/// @dev {FrameStaging} reads account, keyId, settings, native and firstMeter by their places.
struct Operation {
    address account;
    bytes32 keyId;
    Signer signer;
    /// @dev The window, seconds since 1970.
    uint256 validAfter;
    uint256 validUntil;
    KeySettings settings;
    /// @dev Native charge, wei, saturating.
    uint256 native;
    /// @dev Calls, as rate limit and quota count them. Until they are looked at: how many in front are not.
    uint256 calls;
    /// @dev Charge of the header's first meter, token units, saturating: nearly every policy has one meter or none.
    uint256 firstMeter;
    /// @dev Charges of all meters, where there are several; the first stays 0 here.
    uint256[] meters;
    /// @dev The counters as they will be.
    KeyUsage usage;
    /// @dev Per meter, where there are several, its word as it will be; 0 for none.
    MeterWord[] words;
    /// @dev EXTRA_… bits; of a measured operation, from bit 32 on, where in memory {Framing} or
    /// {PlainFrames} keeps its draft.
    uint256 extras;
    /// @dev Where the account has ceilings: native first, then the tokens that are charged.
    CeilingCharge[] ceilings;
}
