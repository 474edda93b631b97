// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

/// @title Base of the validators that the ERC-7562 checker is tried on
/// @notice Accepts every operation after doing the one thing that the concrete module is named for.
abstract contract ProbeValidator is IERC7579Validator {
    /// @dev Associated with the account, so that a result can be kept (and not optimized away) without a violation.
    mapping(address account => uint256 result) internal kept;

    function _probe(address account) internal virtual;

    /// @inheritdoc IERC7579Validator
    function validateUserOp(PackedUserOperation calldata userOp, bytes32) external returns (uint256) {
        _probe(userOp.sender);
        return 0;
    }

    /// @inheritdoc IERC7579Validator
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure returns (bytes4) {
        return 0xffffffff;
    }

    function onInstall(bytes calldata) external {}

    function onUninstall(bytes calldata) external {}

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 1;
    }
}
