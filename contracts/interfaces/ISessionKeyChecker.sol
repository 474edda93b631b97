// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A contract that a policy asks about every call
/// @notice For what no condition can say. It is asked by STATICCALL with a bounded amount of gas, and only its magic allows:
/// a revert, another answer, too little gas or no code refuse the operation.
/// @dev In the bundler lane it is asked while the operation is validated, so it must itself keep to ERC-7562: no clock, no
/// balances, no block values, no storage but the account's own or what is associated with the account. A checker that
/// breaks these rules makes bundlers drop the operation; it never widens what a key may do.
interface ISessionKeyChecker {
    /// @param account whose key it is.
    /// @param keyId `keccak256(signer)`.
    /// @param target of the call.
    /// @param value of the call, wei.
    /// @param data of the call, with its selector.
    /// @return magic this function's selector to allow the call; anything else refuses it.
    function check(address account, bytes32 keyId, address target, uint256 value, bytes calldata data)
        external
        view
        returns (bytes4 magic);
}
