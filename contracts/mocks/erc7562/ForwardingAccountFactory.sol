// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ForwardingAccount} from "./ForwardingAccount.sol";

/// @title Creates a {ForwardingAccount} during the operation that is validated
contract ForwardingAccountFactory {
    function create(bytes32 salt) external returns (address) {
        return address(new ForwardingAccount{salt: salt}());
    }
}
