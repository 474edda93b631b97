// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyChecker} from "../interfaces/ISessionKeyChecker.sol";

/// @title A stateless checker
/// @notice Allows calls whose first argument word is even, and answers odd ones in the way they ask for.
/// @dev Word 1: says no by zero · 3: reverts · 5: answers the magic with dirt behind it · 7: answers nothing · 9: spends all
/// gas · 11: answers a page of the magic.
contract MockChecker is ISessionKeyChecker {
    error Refused();

    /// @inheritdoc ISessionKeyChecker
    function check(address account, bytes32 keyId, address target, uint256 value, bytes calldata data)
        external
        pure
        override
        returns (bytes4)
    {
        bool told = account != address(0) && keyId != 0 && target != address(0) && value < type(uint256).max;
        uint256 word = data.length < 36 ? 0 : uint256(bytes32(data[4:36]));
        if (told && word % 2 == 0) return ISessionKeyChecker.check.selector;
        if (word == 3) revert Refused();
        bytes32 magic = ISessionKeyChecker.check.selector;
        // Assembly: answers that no Solidity function gives.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, or(magic, 1))
            if eq(word, 5) { return(memory_, 32) }
            if eq(word, 7) { return(0, 0) }
            if eq(word, 9) { for {} 1 {} {} }
            if eq(word, 11) {
                mstore(memory_, magic)
                return(memory_, 4096)
            }
        }
        return 0;
    }
}
