// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title The byte strings of a user operation
library OperationFields {
    /// @dev Where the head of a `PackedUserOperation` keeps the offset of a field, in bytes.
    uint256 private constant CALL_DATA = 96;
    uint256 private constant PAYMASTER_AND_DATA = 224;
    uint256 private constant SIGNATURE = 256;

    /// @notice Whether `account` is the sender that the operation names.
    function isSentBy(PackedUserOperation calldata userOp, address account) internal pure returns (bool same) {
        // Assembly: compares the whole first word, so that an address with dirty upper bits is nobody's.
        assembly ("memory-safe") {
            same := eq(calldataload(userOp), shr(96, shl(96, account)))
        }
    }

    function callData(PackedUserOperation calldata userOp) internal pure returns (bytes calldata) {
        return _field(userOp, CALL_DATA);
    }

    function paymasterAndData(PackedUserOperation calldata userOp) internal pure returns (bytes calldata) {
        return _field(userOp, PAYMASTER_AND_DATA);
    }

    function signature(PackedUserOperation calldata userOp) internal pure returns (bytes calldata) {
        return _field(userOp, SIGNATURE);
    }

    /// @dev Reverts without data, as Solidity's own decoder does, where the field is not within calldata.
    function _field(PackedUserOperation calldata userOp, uint256 head) private pure returns (bytes calldata field) {
        // Assembly: Solidity's access to `userOp.callData` checks the same in four branches, at twice the cost. Offset
        // and length are below 2^32 before their sum is compared.
        assembly ("memory-safe") {
            let relative := calldataload(add(userOp, head))
            let at := add(userOp, relative)
            field.offset := add(at, 32)
            field.length := calldataload(at)
            let end := add(field.offset, field.length)
            if or(shr(32, or(relative, field.length)), gt(end, calldatasize())) { revert(0, 0) }
        }
    }
}
