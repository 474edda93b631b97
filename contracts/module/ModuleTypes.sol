// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    IERC7579Module,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

/// @title What an account can install the module as
abstract contract ModuleTypes is IERC7579Module {
    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) public pure override returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR || moduleTypeId == MODULE_TYPE_EXECUTOR;
    }
}
