// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ModuleDomain} from "./ModuleDomain.sol";

/// @title What a session key and a co-signer sign
/// @notice `SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)` and
/// `SessionCosignature(…)` of the same fields, under the module's EIP-712 domain.
abstract contract OperationDigest is ModuleDomain {
    bytes32 private constant SESSION_OPERATION_TYPEHASH = keccak256(
        "SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
    );

    bytes32 private constant SESSION_COSIGNATURE_TYPEHASH = keccak256(
        "SessionCosignature(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
    );

    /// @dev What the key signs.
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

    /// @dev That, and what the co-signer signs: the same content, as a type of its own.
    function _digests(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        internal
        view
        returns (bytes32 digest, bytes32 codigest)
    {
        bytes32 separator = _domainSeparator();
        (bytes32 typeHash, bytes32 coTypeHash) = (SESSION_OPERATION_TYPEHASH, SESSION_COSIGNATURE_TYPEHASH);
        // Assembly: as above, for two types at once, and with EIP-712's last step for both: `0x1901 · separator ·
        // structHash`
        // stands at 160. Written out twice it would cost half as much again.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            mstore(memory_, typeHash)
            mstore(add(memory_, 32), userOpHash)
            mstore(add(memory_, 64), validAfter)
            mstore(add(memory_, 96), validUntil)
            mstore(add(memory_, 128), evidenceHash)
            let tail := add(memory_, 160)
            mstore(tail, shl(240, 0x1901))
            mstore(add(tail, 2), separator)
            mstore(add(tail, 34), keccak256(memory_, 160))
            digest := keccak256(tail, 66)
            mstore(memory_, coTypeHash)
            mstore(add(tail, 34), keccak256(memory_, 160))
            codigest := keccak256(tail, 66)
        }
    }
}
