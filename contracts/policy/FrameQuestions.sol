// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";

/// @title What a grant asks {SessionKeyFrames} about a header
library FrameQuestions {
    /// @notice Asks `selector`, whose two arguments are words, with the header's bare bytes behind them.
    function ask(ISessionKeyFrames frames, bytes4 selector, uint256 a, uint256 b, bytes calldata header)
        internal
        view
        returns (uint256 answer)
    {
        // Assembly: two encoders and two decoders would take 600 bytes of code in contracts that are near their limit.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, selector)
            mstore(add(memory_, 4), a)
            mstore(add(memory_, 36), b)
            calldatacopy(add(memory_, 68), header.offset, header.length)
            if iszero(staticcall(gas(), frames, memory_, add(68, header.length), 0, 32)) {
                returndatacopy(memory_, 0, returndatasize())
                revert(memory_, returndatasize())
            }
            answer := mload(0)
        }
    }
}
