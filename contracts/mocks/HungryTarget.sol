// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Takes many thousand gas: writes a fresh word for every call.
contract HungryTarget {
    uint256 public calls;
    mapping(uint256 call => uint256) private _words;

    fallback() external {
        uint256 call = ++calls;
        for (uint256 i; i < 4; ++i) _words[call * 4 + i] = 1;
    }
}
