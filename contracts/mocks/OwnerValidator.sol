// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title One EOA owns the account: what validators for owners by ECDSA have in common
/// @notice Install data is the owner's address. The owner signs the operation's hash, or the hash in question, as it is or
/// as a personal message.
contract OwnerValidator is IERC7579Validator {
    mapping(address account => address) public ownerOf;

    error NotInstalled(address account);

    function onInstall(bytes calldata data) external {
        ownerOf[msg.sender] = address(bytes20(data));
    }

    function onUninstall(bytes calldata) external {
        delete ownerOf[msg.sender];
    }

    /// @notice The account gives itself to another owner.
    function transferOwnership(address owner) external {
        if (ownerOf[msg.sender] == address(0)) revert NotInstalled(msg.sender);
        ownerOf[msg.sender] = owner;
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 1;
    }

    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash) external view returns (uint256) {
        return _hasSigned(userOpHash, userOp.signature) ? 0 : 1;
    }

    function isValidSignatureWithSender(address, bytes32 hash, bytes calldata signature)
        external
        view
        virtual
        returns (bytes4)
    {
        return _hasSigned(hash, signature) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _hasSigned(bytes32 hash, bytes calldata signature) private view returns (bool) {
        address owner = ownerOf[msg.sender];
        return _isBy(owner, hash, signature)
            || _isBy(owner, MessageHashUtils.toEthSignedMessageHash(hash), signature);
    }

    function _isBy(address owner, bytes32 hash, bytes calldata signature) internal pure returns (bool) {
        (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(hash, signature);
        return failure == ECDSA.RecoverError.NoError && signer == owner;
    }
}
