// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "solady/src/utils/EIP712.sol";

/// @title The EIP-712 domain of what keys and co-signers sign
abstract contract ModuleDomain is EIP712 {
    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("SessionKeyModule", "1");
    }
}
