// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

/// @title A stateless verifier of signatures by keys that have no address (ERC-7913)
/// @dev Each verifier takes exactly one encoding of a key, and for each key and hash exactly one of the encodings that its
/// scheme has for the same signature. No storage, no constructor arguments: the same address on every chain.
abstract contract Verifier is IERC7913SignatureVerifier {
    bytes4 private constant INVALID = 0xffffffff;

    /// @inheritdoc IERC7913SignatureVerifier
    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external view override returns (bytes4) {
        return _isSigned(key, hash, signature) ? IERC7913SignatureVerifier.verify.selector : INVALID;
    }

    /// @dev Whether `signature` is `key`'s over `hash`; false for anything malformed.
    function _isSigned(bytes calldata key, bytes32 hash, bytes calldata signature) internal view virtual returns (bool);
}
