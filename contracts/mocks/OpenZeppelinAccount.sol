// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {MODULE_TYPE_VALIDATOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {IEntryPoint} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title OpenZeppelin's ERC-7579 account as it comes, with the validator that knows its owner
contract OpenZeppelinAccount is AccountERC7579 {
    IEntryPoint private immutable _ENTRY_POINT;

    constructor(address entryPoint_, address ownerValidator, address owner) {
        _ENTRY_POINT = IEntryPoint(entryPoint_);
        _installModule(MODULE_TYPE_VALIDATOR, ownerValidator, abi.encodePacked(owner));
    }

    function entryPoint() public view override returns (IEntryPoint) {
        return _ENTRY_POINT;
    }

    function _rawSignatureValidation(bytes32, bytes calldata) internal pure override returns (bool) {
        return false;
    }
}
