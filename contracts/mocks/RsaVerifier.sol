// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC7913RSAVerifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913RSAVerifier.sol";

/// @title OpenZeppelin's verifier of RSA signatures, for owners that are keys without an address
contract RsaVerifier is ERC7913RSAVerifier {}
