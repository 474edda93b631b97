// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A target that takes many thousand gas
/// @notice Writes fresh words for every call.
contract HungryTarget {
    uint256 public calls;
    mapping(uint256 call => uint256) private _words;

    // solhint-disable-next-line no-complex-fallback, payable-fallback
    fallback() external {
        uint256 call = ++calls;
        for (uint256 i; i < 4; ++i) _words[call * 4 + i] = 1;
    }
}
