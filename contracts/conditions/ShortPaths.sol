// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";
import {PathSteps} from "./PathSteps.sol";
import {WordTypes} from "./WordTypes.sol";

/// @title The paths that nearly every condition takes: a word, by way of offsets and array elements
/// @notice Finds a value or says nothing: whatever is unusual, be it a rarer step or data that is not in order, is left to
/// {Paths}, which knows every step and names what is wrong.
library ShortPaths {
    using CalldataWord for bytes;

    /// @param body holds the path, checked when it was granted, at `start` to `end`.
    /// @return found whether the path was walked to its end, and everything that it passed was in order.
    function read(bytes calldata body, uint256 start, uint256 end, bytes calldata data)
        internal
        pure
        returns (bool found, uint256 value)
    {
        uint256 position = PathSteps.ARGUMENTS;
        // Unchecked: `position` is at most the data's length before each step, which adds less than 2^32 or is tested
        // first.
        unchecked {
            while (start < end) {
                uint256 step = body.word(start);
                uint256 n = (step >> 240) & 0xff;
                uint256 code = step >> 248;
                if (code == PathSteps.WORD) {
                    position += 32 * n;
                    return (position + 32 <= data.length, data.word(position));
                }
                if (code == PathSteps.TYPED_WORD) {
                    position += 32 * n;
                    value = data.word(position);
                    return
                        (position + 32 <= data.length && WordTypes.isClean(value, (step >> 232) & 0xff), value);
                }
                if (code == PathSteps.FOLLOW) {
                    if (position + 32 * n + 32 > data.length) break;
                    uint256 offset = data.word(position + 32 * n);
                    if (offset & 31 != 0 || offset < 32 * ((step >> 232) & 0xff)) break;
                    if (offset > data.length - position) break;
                    position += offset;
                    start += 3;
                } else if (code == PathSteps.ELEMENT) {
                    uint256 width = (step >> 224) & 0xff;
                    if (width == 0 || position + 32 > data.length) break;
                    uint256 length = data.word(position);
                    n = (step >> 232) & 0xffff;
                    position += 32;
                    if (n >= length || length > (data.length - position) / (32 * width)) break;
                    position += 32 * width * n;
                    start += 4;
                } else {
                    break;
                }
            }
        }
    }
}
