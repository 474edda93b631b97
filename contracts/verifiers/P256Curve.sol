// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Where signatures over P-256 (secp256r1) are computed
/// @notice Chosen by which contract a key is granted with, never by trying: what a missing precompile answers looks like a
/// wrong signature, and on a chain without it ERC-7562 counts the attempt as a call to an address without code.
abstract contract P256Curve {
    /// @dev Whether (r, s) is a signature over `hash` by the public key (x, y): s in the lower half of the order, and the
    /// key a point of the curve.
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view virtual returns (bool);
}
