// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {PathSteps} from "./PathSteps.sol";
import {WordTypes} from "./WordTypes.sol";

/// @dev One path on its way through a call's data. Positions count from the data's first byte.
struct Walk {
    uint256 callIndex;
    /// @dev Wei that the call carries.
    uint256 value;
    /// @dev The path, in the body.
    uint256 start;
    uint256 end;
    /// @dev The next step, in the body.
    uint256 next;
    /// @dev Where the current head begins, or the length word of an array or a byte string.
    uint256 position;
    /// @dev Nothing at or behind it may be read: the end of the data, or of the innermost nested call.
    uint256 bound;
    /// @dev What the path found: a word; or the length of the byte string at `position`.
    uint256 found;
    /// @dev EVERY or SOME once the walk stands before the elements of an array, 0 otherwise.
    uint256 quantifier;
    /// @dev Of that array: the length word's position, its length, and the words of an element's head.
    uint256 array;
    uint256 count;
    uint256 width;
}

/// @title Every path into a call's arguments
/// @notice Refuses the call, with the path, wherever the data are not what the path walks. Reads nothing outside of them.
/// @dev Format: docs/WIRE-FORMAT.md, `Paths`.
library Paths {
    using CalldataWord for bytes;

    /// @notice A walk that has not begun.
    /// @param start of the path in a body that was checked when it was granted; `end` is the first offset behind it.
    function open(uint256 start, uint256 end, bytes calldata data, uint256 callIndex, uint256 value)
        internal
        pure
        returns (Walk memory walk)
    {
        (walk.callIndex, walk.value) = (callIndex, value);
        (walk.start, walk.end, walk.next) = (start, end, start);
        (walk.position, walk.bound) = (PathSteps.ARGUMENTS, data.length);
    }

    /// @notice Walks to the path's end, or to its EVERY or SOME, whose elements {choose} then picks.
    function advance(Walk memory walk, bytes calldata body, bytes calldata data) internal pure {
        walk.quantifier = 0;
        // Unchecked: positions are tested against `bound`, a calldata length, before they move on; operands of steps are
        // at most 16 bits wide.
        unchecked {
            while (walk.next < walk.end) {
                uint256 step = body.word(walk.next);
                uint256 code = step >> 248;
                walk.next += PathSteps.length(code);
                if (code == PathSteps.WORD || code == PathSteps.TYPED_WORD) {
                    walk.found = _word(walk, body, data, walk.position + 32 * ((step >> 240) & 0xff));
                    if (code == PathSteps.TYPED_WORD && !WordTypes.isClean(walk.found, (step >> 232) & 0xff)) {
                        revert ISessionKeyErrors.WordNotClean(walk.callIndex, _path(walk, body), bytes32(walk.found));
                    }
                } else if (code == PathSteps.FOLLOW || code == PathSteps.FOLLOW_BEFORE) {
                    uint256 head = walk.position;
                    uint256 slot = head + 32 * ((step >> 240) & 0xff);
                    uint256 offset = _follow(walk, body, data, slot, 32 * ((step >> 232) & 0xff));
                    if (code == PathSteps.FOLLOW_BEFORE) {
                        _endBeforeOthers(walk, body, data, head, slot, offset, uint32(step >> 200));
                    }
                } else if (code == PathSteps.ELEMENT) {
                    _openArray(walk, body, data, (step >> 224) & 0xff);
                    choose(walk, body, data, (step >> 232) & 0xffff, 0);
                } else if (code == PathSteps.EVERY || code == PathSteps.SOME) {
                    _openArray(walk, body, data, (step >> 240) & 0xff);
                    walk.quantifier = code;
                    break;
                } else if (code == PathSteps.LENGTH) {
                    walk.found = _word(walk, body, data, walk.position);
                } else if (code == PathSteps.VALUE) {
                    walk.found = walk.value;
                } else {
                    _enterBytes(walk, body, data);
                    if (code == PathSteps.CALL) _enterCall(walk, body, data, bytes4(bytes32(step << 8)));
                    else if (code == PathSteps.SLICE) _slice(walk, body, data, step);
                }
            }
        }
    }

    /// @notice Moves to element `index` of the array that the walk stands before. One that stands behind an offset ends
    /// where the next one begins, so that no two elements share a byte.
    /// @param from the first element whose offset was not yet held against the next one's; at most `index`.
    function choose(Walk memory walk, bytes calldata body, bytes calldata data, uint256 index, uint256 from)
        internal
        pure
    {
        if (index >= walk.count) {
            revert ISessionKeyErrors.ElementMissing(walk.callIndex, _path(walk, body), index, walk.count);
        }
        // Unchecked: the elements' heads lie within the data.
        unchecked {
            uint256 head = walk.array + 32;
            if (walk.width != 0) {
                walk.position = head + 32 * walk.width * index;
                return;
            }
            uint256 behind = walk.count - 1;
            for (uint256 bound = walk.bound; from <= index; ++from) {
                (walk.position, walk.bound) = (head, bound);
                uint256 slot = head + 32 * from;
                uint256 offset = _follow(walk, body, data, slot, 32 * walk.count);
                if (from != behind) walk.bound = _endBefore(walk, body, data, head, slot + 32, offset);
            }
        }
    }

    /// @dev The word at `position`.
    function _word(Walk memory walk, bytes calldata body, bytes calldata data, uint256 position)
        private
        pure
        returns (uint256)
    {
        // Unchecked: positions are far below 2^64.
        unchecked {
            if (position + 32 > walk.bound) _revertOutOfData(walk, body, data, position);
        }
        return data.word(position);
    }

    /// @dev From the current position to where the offset at `slot` points.
    /// @param head length in bytes of what stands at the current position, before which no offset may point.
    function _follow(Walk memory walk, bytes calldata body, bytes calldata data, uint256 slot, uint256 head)
        private
        pure
        returns (uint256 offset)
    {
        offset = _word(walk, body, data, slot);
        if (offset & 31 != 0 || offset < head) {
            revert ISessionKeyErrors.OffsetNotCanonical(walk.callIndex, _path(walk, body), slot, offset);
        }
        // Unchecked: a word was read behind `position`, so that it lies before `bound`.
        unchecked {
            if (offset > walk.bound - walk.position) _revertOutOfData(walk, body, data, slot);
            walk.position += offset;
        }
    }

    /// @dev Of what the offset at `slot` leads to, no byte belongs to what other offsets behind it in the same head lead to.
    /// @param others a bit for each of the 32 words behind `slot`, the lowest for the next one.
    function _endBeforeOthers(
        Walk memory walk,
        bytes calldata body,
        bytes calldata data,
        uint256 head,
        uint256 slot,
        uint256 offset,
        uint256 others
    ) private pure {
        uint256 nearest = walk.bound;
        // Unchecked: words of the head, as the grant has seen to, which lies before what its offsets lead to.
        unchecked {
            for (; others != 0; others >>= 1) {
                slot += 32;
                if (others & 1 == 0) continue;
                uint256 end = _endBefore(walk, body, data, head, slot, offset);
                if (end < nearest) nearest = end;
            }
        }
        walk.bound = nearest;
    }

    /// @dev Where what `offset` leads to ends at the latest: where what the offset at `other`, a word of the same head,
    /// leads to begins. An encoder writes what offsets lead to in their own order.
    function _endBefore(
        Walk memory walk,
        bytes calldata body,
        bytes calldata data,
        uint256 head,
        uint256 other,
        uint256 offset
    ) private pure returns (uint256) {
        uint256 end = data.word(other);
        if (end & 31 != 0 || end <= offset) {
            revert ISessionKeyErrors.OffsetNotCanonical(walk.callIndex, _path(walk, body), other, end);
        }
        // Unchecked: an offset was followed from `head`, so that it lies before `bound`.
        unchecked {
            if (end > walk.bound - head) _revertOutOfData(walk, body, data, other);
            return head + end;
        }
    }

    /// @dev Holds that the array at the current position lies within the data, at least by its elements' heads.
    function _openArray(Walk memory walk, bytes calldata body, bytes calldata data, uint256 width) private pure {
        (walk.array, walk.width) = (walk.position, width);
        walk.count = _word(walk, body, data, walk.position);
        // Unchecked: a word was read at `position`.
        unchecked {
            uint256 room = walk.bound - walk.position - 32;
            if (walk.count > room / (width == 0 ? 32 : 32 * width)) {
                _revertOutOfData(walk, body, data, walk.position);
            }
        }
    }

    /// @dev From a byte string's length word to its first byte, and the length to `found`.
    function _enterBytes(Walk memory walk, bytes calldata body, bytes calldata data) private pure {
        walk.found = _word(walk, body, data, walk.position);
        // Unchecked: a word was read at `position`.
        unchecked {
            if (walk.found > walk.bound - walk.position - 32) _revertOutOfData(walk, body, data, walk.position);
            walk.position += 32;
        }
    }

    /// @dev Into a byte string that is a call: its arguments become the current head, its end the bound.
    function _enterCall(Walk memory walk, bytes calldata body, bytes calldata data, bytes4 selector) private pure {
        bytes4 actual = walk.found < 4 ? bytes4(0) : bytes4(bytes32(data.word(walk.position)));
        if (walk.found < 4 || actual != selector) {
            revert ISessionKeyErrors.NestedCallMismatch(walk.callIndex, _path(walk, body), selector, actual);
        }
        // Unchecked: the byte string lies within the data.
        unchecked {
            walk.bound = walk.position + walk.found;
            walk.position += PathSteps.ARGUMENTS;
        }
    }

    /// @dev Some bytes of a byte string, right-aligned.
    function _slice(Walk memory walk, bytes calldata body, bytes calldata data, uint256 step) private pure {
        uint256 offset = (step >> 232) & 0xffff;
        uint256 size = (step >> 224) & 0xff;
        // Unchecked: 16-bit numbers against a length that lies within the data.
        unchecked {
            if (offset & PathSteps.FROM_END != 0) {
                offset ^= PathSteps.FROM_END;
                if (offset > walk.found) _revertOutOfData(walk, body, data, walk.position);
                offset = walk.found - offset;
            }
            if (offset + size > walk.found) _revertOutOfData(walk, body, data, walk.position + offset);
            walk.found = data.word(walk.position + offset) >> (256 - 8 * size);
        }
    }

    function _path(Walk memory walk, bytes calldata body) private pure returns (bytes memory) {
        return body[walk.start:walk.end];
    }

    /// @dev A path of a single word says which word is missing, any other the place where it leaves the data.
    function _revertOutOfData(Walk memory walk, bytes calldata body, bytes calldata data, uint256 position)
        private
        pure
    {
        uint256 step = body.byteAt(walk.start);
        if (step == PathSteps.WORD || step == PathSteps.TYPED_WORD) {
            revert ISessionKeyErrors.ArgumentMissing(walk.callIndex, body.byteAt(walk.start + 1), data.length);
        }
        revert ISessionKeyErrors.PathOutOfData(walk.callIndex, _path(walk, body), position);
    }
}
