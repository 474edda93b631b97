// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Knows where the code is that does what an account changes rarely
abstract contract Administered {
    address internal immutable _ADMINISTRATION;

    /// @param administration a {SessionKeyAdministration}.
    constructor(address administration) {
        _ADMINISTRATION = administration;
    }
}
