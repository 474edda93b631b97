// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Hook} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

/// @title Hook that counts how often each account ran something between its two halves
contract CountingHook is IERC7579Hook {
    mapping(address account => uint256) public checks;

    function onInstall(bytes calldata) external {}

    function onUninstall(bytes calldata) external {}

    /// @dev Kernel asks.
    function isInitialized(address) external pure returns (bool) {
        return true;
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 4;
    }

    function preCheck(address, uint256, bytes calldata) external pure returns (bytes memory) {
        return "";
    }

    function postCheck(bytes calldata) external {
        ++checks[msg.sender];
    }
}
