// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256ByPrecompile} from "./P256ByPrecompile.sol";
import {P256Verifier} from "./P256Verifier.sol";

/// @title Plain P-256 keys, by the precompile
contract P256PrecompileVerifier is P256Verifier, P256ByPrecompile {}
