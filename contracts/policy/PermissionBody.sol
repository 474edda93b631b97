// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Charges} from "../module/Charges.sol";
import {PinnedWords} from "./PinnedWords.sol";

/// @title The body of a permission: value per call, argument conditions, charges to numbered meters
/// @dev Format: docs/WIRE-FORMAT.md, `body`. An empty body allows no value and asks nothing of the arguments.
library PermissionBody {
    using CalldataWord for bytes;

    uint256 private constant SECTION_MAX_VALUE = 1;
    uint256 private constant SECTION_CONDITIONS = 2;
    uint256 private constant SECTION_CHARGES = 4;
    uint256 private constant KNOWN_SECTIONS = 7;

    /// @notice Holds one call against a body that was checked when it was granted, or reverts.
    /// @return charges where in the body the charges to numbered meters stand; 0: there are none.
    function enforce(
        bytes calldata body,
        uint256 callIndex,
        uint256 value,
        bytes calldata callData,
        address account
    ) internal pure returns (uint256 charges) {
        if (body.length == 0) {
            if (value != 0) revert ISessionKeyErrors.CallValueExceeded(callIndex, 0, value);
            return 0;
        }
        uint256 sections = body.byteAt(0);
        uint256 offset = 1;
        uint256 maxValue;
        if (sections & SECTION_MAX_VALUE != 0) {
            maxValue = body.word(1) >> 128;
            offset = 17;
        }
        if (value > maxValue) revert ISessionKeyErrors.CallValueExceeded(callIndex, maxValue, value);
        if (sections & SECTION_CONDITIONS != 0) {
            offset = PinnedWords.enforce(body, offset, callIndex, callData, account);
        }
        if (sections & SECTION_CHARGES != 0) charges = offset;
    }

    /// @notice Checks the form of a body, for a grant.
    /// @param spenderWord an argument word index to look for.
    /// @return pinsSpender whether a condition pins that word.
    function check(bytes calldata body, uint256 permissionIndex, uint256 spenderWord, bytes calldata header)
        internal
        pure
        returns (bool pinsSpender)
    {
        if (body.length == 0) return false;
        uint256 sections = body.byteAt(0);
        if (sections == 0 || sections > KNOWN_SECTIONS) {
            revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, 0);
        }
        uint256 offset = 1;
        if (sections & SECTION_MAX_VALUE != 0) {
            offset = 17;
            if (body.length < offset || body.word(1) >> 128 == 0) {
                revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, 1);
            }
        }
        if (sections & SECTION_CONDITIONS != 0) {
            (offset, pinsSpender) = PinnedWords.check(body, offset, permissionIndex, spenderWord);
        }
        if (sections & SECTION_CHARGES != 0) offset = Charges.check(body, offset, permissionIndex, header);
        if (offset != body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
    }
}
