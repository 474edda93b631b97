// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256BySolidity} from "./P256BySolidity.sol";
import {P256Verifier} from "./P256Verifier.sol";

/// @title Plain P-256 keys, on chains without the precompile
contract P256SolidityVerifier is P256Verifier, P256BySolidity {}
