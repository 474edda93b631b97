// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {WETH} from "solady/src/tokens/WETH.sol";

/// @title Wrapped ether for local chains
/// @dev No published package that is used here carries WETH9's bytecode; Uniswap's periphery only asks for its interface.
contract WETH9 is WETH {}
