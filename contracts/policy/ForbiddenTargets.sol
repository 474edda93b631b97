// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Targets that no policy can allow
/// @notice The account itself and its aliases, the module, and every EntryPoint: a call to any of them could change what
/// the key may do, or move the account's deposit.
library ForbiddenTargets {
    /// @dev Canonical addresses of the EntryPoints v0.6, v0.7, v0.8 and v0.9.
    address internal constant ENTRY_POINT_V06 = 0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789;
    address internal constant ENTRY_POINT_V07 = 0x0000000071727De22E5E9d8BAf0edAc6f37da032;
    address internal constant ENTRY_POINT_V08 = 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108;
    address internal constant ENTRY_POINT_V09 = 0x433709009B8330FDa32311DF1C2AFA402eD8D009;

    /// @notice Whether `target` is one of them. `address(0)` is: some accounts read it as themselves.
    /// @dev Must run in the module's own context, of which `address(this)` is the module.
    function contains(address target, address account) internal view returns (bool found) {
        address v06 = ENTRY_POINT_V06;
        address v07 = ENTRY_POINT_V07;
        address v08 = ENTRY_POINT_V08;
        address v09 = ENTRY_POINT_V09;
        // Assembly: seven comparisons for every call of every operation, without a jump for each.
        assembly ("memory-safe") {
            found := or(or(eq(target, account), iszero(target)), or(eq(target, address()), eq(target, v06)))
            found := or(found, or(eq(target, v07), or(eq(target, v08), eq(target, v09))))
        }
    }
}
