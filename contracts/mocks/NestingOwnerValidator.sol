// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ERC7739Utils} from "@openzeppelin/contracts/utils/cryptography/draft-ERC7739Utils.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {OwnerValidator} from "./OwnerValidator.sol";

/// @title One EOA owns the account, and what it signs off chain is nested in the account's own domain (ERC-7739)
/// @notice As validators do that serve many accounts of one owner, such as Biconomy's K1 validator: the same signature must
/// not count for another account. The account says its domain by ERC-5267.
contract NestingOwnerValidator is OwnerValidator {
    using ERC7739Utils for *;
    using MessageHashUtils for bytes32;

    bytes32 private constant QUESTION = 0x7739773977397739773977397739773977397739773977397739773977397739;
    bytes4 private constant ANSWER = 0x77390001;
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function isValidSignatureWithSender(address, bytes32 hash, bytes calldata signature)
        external
        view
        override
        returns (bytes4)
    {
        if (hash == QUESTION && signature.length == 0) return ANSWER;
        return _isTypedData(hash, signature) || _isMessage(hash, signature)
            ? IERC1271.isValidSignature.selector
            : bytes4(0xffffffff);
    }

    function _isTypedData(bytes32 hash, bytes calldata encoded) private view returns (bool) {
        (bytes calldata signature, bytes32 separator, bytes32 contents, string calldata descr) =
            encoded.decodeTypedDataSig();
        (, string memory name, string memory version, uint256 chainId, address account, bytes32 salt,) =
            IERC5267(msg.sender).eip712Domain();
        bytes memory domain = abi.encode(keccak256(bytes(name)), keccak256(bytes(version)), chainId, account, salt);
        bytes32 struct_ = descr.typedDataSignStructHash(contents, domain);
        return struct_ != 0 && hash == separator.toTypedDataHash(contents)
            && _isBy(ownerOf[msg.sender], separator.toTypedDataHash(struct_), signature);
    }

    function _isMessage(bytes32 hash, bytes calldata signature) private view returns (bool) {
        (, string memory name, string memory version, uint256 chainId, address account,,) =
            IERC5267(msg.sender).eip712Domain();
        bytes32 separator =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256(bytes(name)), keccak256(bytes(version)), chainId, account));
        return _isBy(ownerOf[msg.sender], separator.toTypedDataHash(hash.personalSignStructHash()), signature);
    }
}
