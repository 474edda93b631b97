// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @title Where signatures over P-256 (secp256r1) are computed
/// @notice Chosen by which contract a key is granted with, never by trying: what a missing precompile answers looks like a
/// wrong signature, and on a chain without it ERC-7562 counts the attempt as a call to an address without code.
abstract contract P256Curve {
    /// @dev Whether (r, s) is a signature over `hash` by the public key (x, y): s in the lower half of the order, and the
    /// key a point of the curve.
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view virtual returns (bool);
}

/// @notice By the precompile at 0x100 (RIP-7212, EIP-7951).
abstract contract P256ByPrecompile is P256Curve {
    /// @inheritdoc P256Curve
    /// @dev Reverts with `MissingPrecompile(0x100)` where there is none.
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view override returns (bool) {
        return P256.verifyNative(hash, r, s, x, y);
    }
}

/// @notice By Solidity alone, on any chain.
abstract contract P256BySolidity is P256Curve {
    /// @inheritdoc P256Curve
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view override returns (bool) {
        return P256.verifySolidity(hash, r, s, x, y);
    }
}
