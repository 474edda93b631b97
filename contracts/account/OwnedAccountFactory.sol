// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {OwnedAccount} from "./OwnedAccount.sol";

/// @title Makes {OwnedAccount}s at addresses known beforehand
/// @notice The address commits to everything the account begins with, so whoever sends the transaction decides
/// nothing, and money may be sent there first.
contract OwnedAccountFactory {
    /// @notice The contract whose clones are made.
    address public immutable implementation;

    event AccountCreated(address indexed account, bytes[] owners, uint64 threshold, address guardian);

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @notice Creates and initializes an account; returns the address of one that is there already.
    /// @param owners ERC-7913 signers.
    /// @param threshold how many of them have to sign; from 1 to their number.
    /// @param guardian who may pause and revoke session keys; address(0) for nobody.
    /// @param salt tells apart accounts that are otherwise the same.
    function createAccount(bytes[] calldata owners, uint64 threshold, address guardian, bytes32 salt)
        external
        returns (address account)
    {
        bytes32 commitment = _commitment(owners, threshold, guardian, salt);
        account = Clones.predictDeterministicAddress(implementation, commitment);
        if (account.code.length != 0) return account;
        Clones.cloneDeterministic(implementation, commitment);
        OwnedAccount(payable(account)).initialize(owners, threshold, guardian);
        emit AccountCreated(account, owners, threshold, guardian);
    }

    /// @notice The address that {createAccount} gives for the same arguments.
    function getAddress(bytes[] calldata owners, uint64 threshold, address guardian, bytes32 salt)
        external
        view
        returns (address)
    {
        return Clones.predictDeterministicAddress(implementation, _commitment(owners, threshold, guardian, salt));
    }

    /// @dev Encoded without packing: owners are of different lengths, and packed ones could be cut another way.
    function _commitment(bytes[] calldata owners, uint64 threshold, address guardian, bytes32 salt)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(owners, threshold, guardian, salt));
    }
}
