// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "solady/src/utils/EIP712.sol";

/// @title What a session key signs
/// @notice `SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)` under the
/// module's EIP-712 domain.
abstract contract OperationDigest is EIP712 {
    bytes32 private constant SESSION_OPERATION_TYPEHASH = keccak256(
        "SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
    );

    function _operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        internal
        view
        returns (bytes32)
    {
        bytes32 typeHash = SESSION_OPERATION_TYPEHASH;
        bytes32 structHash;
        // Assembly: `keccak256(abi.encode(…))` of five words, beyond the free pointer without moving it.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, typeHash)
            mstore(add(memory_, 32), userOpHash)
            mstore(add(memory_, 64), validAfter)
            mstore(add(memory_, 96), validUntil)
            mstore(add(memory_, 128), evidenceHash)
            structHash := keccak256(memory_, 160)
        }
        return _hashTypedData(structHash);
    }

    function _domainNameAndVersion() internal pure override returns (string memory, string memory) {
        return ("SessionKeyModule", "1");
    }
}
