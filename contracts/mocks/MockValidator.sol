// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title Validator that answers as it is told, and tells what it was asked
/// @dev Refuses accounts that did not install it, as the session key module does.
contract MockValidator is IERC7579Validator {
    mapping(address account => bytes installData) public installed;
    mapping(address account => bytes32 question) public asked;
    uint256 private _word;
    bytes private _failure;
    uint256 private _answerLength = 32;

    error NotInstalled(address account);

    /// @notice Sets the word that {validateUserOp} returns.
    function answer(uint256 word) external {
        _word = word;
        delete _failure;
    }

    /// @notice Makes {validateUserOp} revert with `failure`, or behave again if that is empty.
    function fail(bytes calldata failure) external {
        _failure = failure;
    }

    /// @notice Sets how many bytes {validateUserOp} returns.
    function setAnswerLength(uint256 length) external {
        _answerLength = length;
    }

    function onInstall(bytes calldata data) external {
        installed[msg.sender] = data;
    }

    function onUninstall(bytes calldata) external {
        delete installed[msg.sender];
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 1;
    }

    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash) external returns (uint256) {
        if (installed[msg.sender].length == 0) revert NotInstalled(msg.sender);
        asked[msg.sender] = keccak256(abi.encode(userOp, userOpHash));
        bytes memory result = _failure;
        if (result.length != 0) {
            // Solidity has no expression that reverts with given bytes.
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
        bytes memory word = abi.encode(_word, uint256(0));
        uint256 length = _answerLength;
        // Solidity always returns whole words.
        assembly ("memory-safe") {
            return(add(word, 0x20), length)
        }
    }

    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure returns (bytes4) {
        return 0xffffffff;
    }
}
