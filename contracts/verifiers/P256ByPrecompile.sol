// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {P256Curve} from "./P256Curve.sol";

/// @title P-256 by the precompile at 0x100 (RIP-7212, EIP-7951)
abstract contract P256ByPrecompile is P256Curve {
    /// @inheritdoc P256Curve
    /// @dev Reverts with `MissingPrecompile(0x100)` where there is none.
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view override returns (bool) {
        return P256.verifyNative(hash, r, s, x, y);
    }
}
