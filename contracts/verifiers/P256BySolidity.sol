// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {P256Curve} from "./P256Curve.sol";

/// @title P-256 by Solidity alone, on any chain
abstract contract P256BySolidity is P256Curve {
    /// @inheritdoc P256Curve
    function _isOnP256(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view override returns (bool) {
        return P256.verifySolidity(hash, r, s, x, y);
    }
}
