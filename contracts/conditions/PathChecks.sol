// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {PathSteps} from "./PathSteps.sol";
import {WordTypes} from "./WordTypes.sol";

/// @title Which paths may be granted, and what they find
library PathChecks {
    using CalldataWord for bytes;

    /// @dev What a path may find, beside the types of {WordTypes}.
    uint256 internal constant UNTYPED = 0;
    uint256 internal constant BYTE_STRING = 0xff;
    /// @dev A number of 32 bytes: a length, or the call's value.
    uint256 private constant NUMBER = 32;

    /// @dev What may stand at the current position: the head of arguments or of a tuple; one of known width without
    /// offsets; or what an offset led to, which is a tuple's head or a length word.
    uint256 private constant AT_HEAD = 1;
    uint256 private constant AT_ELEMENT = 2;
    uint256 private constant AT_OFFSET = 3;

    /// @notice Checks the path from `start` to `end`, which lie within `body`, or reverts.
    /// @param index of the permission, for errors.
    /// @return found what the path ends in: a type of {WordTypes}, {UNTYPED} or {BYTE_STRING}.
    /// @return quantified whether it has an EVERY or SOME.
    // One branch for each kind of step.
    // solhint-disable-next-line code-complexity
    function check(bytes calldata body, uint256 start, uint256 end, uint256 index)
        internal
        pure
        returns (uint256 found, bool quantified)
    {
        uint256 place = AT_HEAD;
        uint256 width;
        uint256 cursor = start;
        // Unchecked: offsets within a body, which lies within calldata.
        unchecked {
            while (cursor < end) {
                uint256 step = body.word(cursor);
                uint256 code = step >> 248;
                uint256 length = PathSteps.length(code);
                uint256 next = cursor + length;
                bool last = next == end;
                bool valid = length != 0 && next <= end;
                uint256 first = (step >> 240) & 0xff;
                uint256 second = (step >> 232) & 0xff;
                if (code == PathSteps.WORD || code == PathSteps.TYPED_WORD) {
                    if (place == AT_ELEMENT && first >= width) valid = false;
                    if (code == PathSteps.TYPED_WORD) {
                        found = second;
                        if (!WordTypes.isKnown(second)) valid = false;
                    }
                } else if (code == PathSteps.FOLLOW || code == PathSteps.FOLLOW_BEFORE) {
                    // An offset stands in a head that is longer than its index.
                    if (place == AT_ELEMENT || first >= second || last) valid = false;
                    else if (code != PathSteps.FOLLOW && !_hasOthers(uint32(step >> 200), second - first - 1)) valid = false;
                    place = AT_OFFSET;
                } else if (code == PathSteps.VALUE) {
                    if (cursor != start) valid = false;
                    found = NUMBER;
                } else {
                    // All others start from a length word, to which only an offset leads.
                    if (place != AT_OFFSET) valid = false;
                    if (code == PathSteps.LENGTH) found = NUMBER;
                    else if (code == PathSteps.BYTES) found = BYTE_STRING;
                    else if (code == PathSteps.SLICE) {
                        found = (step >> 224) & 0xff;
                        if (!_isSlice((first << 8) | second, found)) valid = false;
                    } else {
                        if (last) valid = false;
                        place = AT_HEAD;
                        if (code != PathSteps.CALL) {
                            width = code == PathSteps.ELEMENT ? (step >> 224) & 0xff : first;
                            place = width == 0 ? AT_OFFSET : AT_ELEMENT;
                            if (code != PathSteps.ELEMENT) {
                                if (quantified) valid = false;
                                quantified = true;
                            }
                        }
                    }
                }
                if (PathSteps.ends(code) != last) valid = false;
                if (!valid) revert ISessionKeyErrors.PermissionBodyMalformed(index, cursor);
                cursor = next;
            }
        }
        if (start == end) revert ISessionKeyErrors.PermissionBodyMalformed(index, start);
    }

    /// @dev Offsets behind another one in its head: a bit for each of the words there are, and not none, which is FOLLOW.
    function _hasOthers(uint256 others, uint256 words) private pure returns (bool) {
        return others != 0 && others >> words == 0;
    }

    /// @dev 1 to 32 bytes which, counted from the end of the byte string, do not pass it.
    function _isSlice(uint256 offset, uint256 size) private pure returns (bool) {
        if (size == 0 || size > 32) return false;
        return offset & PathSteps.FROM_END == 0 || offset ^ PathSteps.FROM_END >= size;
    }
}
