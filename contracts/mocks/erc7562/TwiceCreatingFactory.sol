// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ForwardingAccount} from "./ForwardingAccount.sol";

/// @title Creates the account and one contract more: OP-031
contract TwiceCreatingFactory {
    function create(bytes32 salt) external returns (address account) {
        account = address(new ForwardingAccount{salt: salt}());
        new ForwardingAccount{salt: keccak256(abi.encode(salt))}();
    }
}
