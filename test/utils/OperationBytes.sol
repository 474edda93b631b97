// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {Permission} from "./PolicyBytes.sol";

/// @dev `permission`: index of the permission that covers the call, or {REPEATED}.
struct Call {
    address target;
    uint256 value;
    bytes data;
    uint256 permission;
}

/// @dev The evidence says "the same permission as the call before".
uint256 constant REPEATED = type(uint256).max;

bytes32 constant SINGLE = 0;
bytes32 constant SINGLE_TRY = bytes32(uint256(0x0001) << 240);
bytes32 constant BATCH = bytes32(uint256(0x0100) << 240);
bytes32 constant BATCH_TRY = bytes32(uint256(0x0101) << 240);

/// @title The operation encodings of docs/WIRE-FORMAT.md and of ERC-7579, written from those pages
library OperationBytes {
    struct Execution {
        address target;
        uint256 value;
        bytes callData;
    }

    function execute(bytes32 mode, bytes memory executions) internal pure returns (bytes memory) {
        return abi.encodeWithSignature("execute(bytes32,bytes)", mode, executions);
    }

    function single(Call memory call) internal pure returns (bytes memory) {
        return abi.encodePacked(call.target, call.value, call.data);
    }

    function batch(Call[] memory calls) internal pure returns (bytes memory) {
        Execution[] memory executions = new Execution[](calls.length);
        for (uint256 i; i < calls.length; ++i) {
            executions[i] = Execution(calls[i].target, calls[i].value, calls[i].data);
        }
        return abi.encode(executions);
    }

    /// @notice Evidence up to its leaves.
    function evidenceHead(bytes memory signer, bytes memory header) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(signer.length), signer, uint16(header.length), header);
    }

    function leaf(Permission memory it, bytes memory proof) internal pure returns (bytes memory) {
        return abi.encodePacked(
            it.kind, it.mark, uint16(it.body.length), it.body, uint8(proof.length / 32), proof
        );
    }

    function signature(uint256 validAfter, uint256 validUntil, bytes memory evidence, bytes memory keySignature)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(
            uint40(validAfter), uint40(validUntil), uint16(evidence.length), evidence, keySignature
        );
    }

    /// @notice Any hash that binds the operation to sender and module serves here; which one, the EntryPoint decides.
    function hash(PackedUserOperation memory op) internal view returns (bytes32) {
        bytes32 body = keccak256(
            abi.encode(
                op.sender,
                op.nonce,
                keccak256(op.callData),
                op.accountGasLimits,
                op.preVerificationGas,
                op.gasFees,
                keccak256(op.paymasterAndData)
            )
        );
        return keccak256(abi.encode(body, block.chainid));
    }

    /// @notice The EIP-712 digest that the session key signs.
    function digest(address module, bytes32 opHash, uint256 validAfter, uint256 validUntil, bytes32 evidenceHash)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("SessionKeyModule"),
                keccak256("1"),
                block.chainid,
                module
            )
        );
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "SessionOperation(bytes32 userOpHash,uint48 validAfter,uint48 validUntil,bytes32 evidenceHash)"
                ),
                opHash,
                validAfter,
                validUntil,
                evidenceHash
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, content));
    }
}
