// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";

/// @title Reads what an account holds and has allowed
/// @notice Static calls only: whoever answers can change nothing, and who does not answer one clean word is refused.
library Balances {
    /// @notice Balance of `account` in `token`, or in wei for token 0.
    function held(address token, address account) internal view returns (uint256) {
        return token == address(0) ? account.balance : ofToken(token, account);
    }

    /// @notice Balance of `account` in a token that is not native.
    function ofToken(address token, address account) internal view returns (uint256 amount) {
        bool success;
        // Assembly: one static call with an answer of one word, at a third of what the decoder costs.
        assembly ("memory-safe") {
            mstore(0, 0x70a0823100000000000000000000000000000000000000000000000000000000)
            mstore(4, account)
            success := staticcall(gas(), token, 0, 36, 0, 32)
            success := and(success, gt(returndatasize(), 31))
            amount := mload(0)
        }
        if (!success) revert ISessionKeyErrors.BalanceUnreadable(token);
    }

    /// @notice What `spender` may take from `account`: an allowance, or 1 for an operator of everything.
    /// @param probe see {FrameRules-probeOf}.
    function allowance(uint256 probe, address token, address account, address spender)
        internal
        view
        returns (uint256)
    {
        bytes memory question = probe == 1
            ? abi.encodeWithSignature("allowance(address,address)", account, spender)
            : abi.encodeWithSignature("isApprovedForAll(address,address)", account, spender);
        (bool success, bytes memory answer) = token.staticcall(question);
        if (!success || answer.length < 32) revert ISessionKeyErrors.AllowanceUnreadable(token, spender);
        return abi.decode(answer, (uint256));
    }
}
