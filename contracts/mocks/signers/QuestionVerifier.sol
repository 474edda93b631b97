// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @title A verifier that takes exactly the encoding that Solidity makes of its question
/// @notice `signature` is the signed hash with the key's hash behind it.
contract QuestionVerifier is IERC7913SignatureVerifier {
    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure override returns (bytes4) {
        bytes memory question = abi.encodeCall(IERC7913SignatureVerifier.verify, (key, hash, signature));
        bool asked = keccak256(msg.data) == keccak256(question);
        bool signed = signature.length >= 64 && bytes32(signature) == hash && bytes32(signature[32:]) == keccak256(key);
        return asked && signed ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }
}
