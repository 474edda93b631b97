// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256Curve} from "./P256Curve.sol";
import {Verifier} from "./Verifier.sol";

/// @title Plain P-256 keys
/// @notice `key = x (32) · y (32)`, `signature = r (32) · s (32, low half)`, over the hash as it is.
abstract contract P256Verifier is Verifier, P256Curve {
    uint256 private constant LENGTH = 64;

    /// @inheritdoc Verifier
    function _isSigned(bytes calldata key, bytes32 hash, bytes calldata signature) internal view override returns (bool) {
        if (key.length != LENGTH || signature.length != LENGTH) return false;
        return _isOnP256(hash, bytes32(signature), bytes32(signature[32:]), bytes32(key), bytes32(key[32:]));
    }
}
