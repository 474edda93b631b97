// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256ByPrecompile} from "./P256ByPrecompile.sol";
import {WebAuthnVerifier} from "./WebAuthnVerifier.sol";

/// @title Passkeys, by the precompile
contract WebAuthnPrecompileVerifier is WebAuthnVerifier, P256ByPrecompile {}
