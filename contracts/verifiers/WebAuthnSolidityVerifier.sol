// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {P256BySolidity} from "./P256BySolidity.sol";
import {WebAuthnVerifier} from "./WebAuthnVerifier.sol";

/// @title Passkeys, on chains without the precompile
contract WebAuthnSolidityVerifier is WebAuthnVerifier, P256BySolidity {}
