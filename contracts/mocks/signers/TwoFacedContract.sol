// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A contract wallet that says no to a hash when first asked, and yes from then on
/// @dev Writes nothing: what it has touched before in the same transaction is cheaper to touch again (EIP-2929).
contract TwoFacedContract is IERC1271 {
    uint256 private constant COLD = 2000;

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata) external view override returns (bytes4) {
        uint256 before = gasleft();
        uint256 balance = address(uint160(uint256(hash))).balance;
        bool asked = before - gasleft() < COLD;
        return asked && balance == 0 ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
