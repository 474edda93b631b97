// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AbstractSigner} from "@openzeppelin/contracts/utils/cryptography/signers/AbstractSigner.sol";
import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC7739} from "@openzeppelin/contracts/utils/cryptography/signers/draft-ERC7739.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {MODULE_TYPE_VALIDATOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {MultiSignerERC7913} from "@openzeppelin/contracts/utils/cryptography/signers/MultiSignerERC7913.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SessionKeyAccount} from "./SessionKeyAccount.sol";

/// @title Session keys for an account with a set of owners
/// @notice Owners are ERC-7913 signers: an address (EOA or ERC-1271 contract), or `verifier (20) · key` for P-256,
/// WebAuthn, RSA and whatever has a verifier. `threshold` of them sign for the account; a signature is
/// `abi.encode(bytes[] signers, bytes[] signatures)`. Clones of this contract are made by {OwnedAccountFactory} and
/// cannot be upgraded.
contract OwnedAccount is SessionKeyAccount, MultiSignerERC7913, ERC7739, Initializable {
    /// @dev The implementation belongs to nobody: address(0) is an owner whose signature cannot exist.
    constructor(address entryPoint_, address sessionKeyModule_)
        SessionKeyAccount(entryPoint_, sessionKeyModule_)
        MultiSignerERC7913(_nobody(), 1)
        EIP712("OwnedAccount", "1")
    {
        _disableInitializers();
    }

    /// @notice Sets the owners and installs the session key module. Once, by the factory while it creates the account.
    /// @param guardian who may pause and revoke session keys; address(0) for nobody.
    function initialize(bytes[] calldata owners, uint64 threshold_, address guardian) external initializer {
        _addSigners(owners);
        _setThreshold(threshold_);
        // With the owner route of 20 zero bytes: the owners answer themselves for what they sign off chain.
        bytes memory installData = abi.encodePacked(uint8(MODULE_TYPE_VALIDATOR), guardian, uint8(20), bytes20(0));
        _installModule(MODULE_TYPE_VALIDATOR, sessionKeyModule(), installData);
    }

    /// @notice Adds owners. Only the account itself, by an operation of its owners.
    function addSigners(bytes[] calldata owners) external onlyEntryPointOrSelf {
        _addSigners(owners);
    }

    /// @notice Removes owners; refused where fewer than the threshold would remain.
    function removeSigners(bytes[] calldata owners) external onlyEntryPointOrSelf {
        _removeSigners(owners);
    }

    /// @notice Sets how many owners have to sign; from 1 to the number of owners.
    function setThreshold(uint64 threshold_) external onlyEntryPointOrSelf {
        _setThreshold(threshold_);
    }

    /// @inheritdoc AccountERC7579
    function accountId() public pure override returns (string memory) {
        return "valet-keys.owned-account.0.1.0";
    }

    /// @notice An installed validator answers if the signature begins with its address, otherwise the owners, by
    /// ERC-7739: what they sign names this account, so that it is worth nothing to another account they own.
    /// @dev What the session key module asks the owners, they answer over the plain hash, so that one signature may cover
    /// several accounts and chains.
    function isValidSignature(bytes32 hash, bytes calldata signature)
        public
        view
        override(AccountERC7579, ERC7739)
        returns (bytes4)
    {
        if (_isOwnerAsked(signature)) {
            return _rawSignatureValidation(hash, signature[20:]) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
        }
        bytes4 answer = AccountERC7579.isValidSignature(hash, signature);
        return answer == IERC1271.isValidSignature.selector ? answer : ERC7739.isValidSignature(hash, signature);
    }

    function _rawSignatureValidation(bytes32 hash, bytes calldata signature)
        internal
        view
        override(AccountERC7579, MultiSignerERC7913, AbstractSigner)
        returns (bool)
    {
        return MultiSignerERC7913._rawSignatureValidation(hash, signature);
    }

    /// @dev As in OpenZeppelin, but an EOA is recognised by recovering it, without reading its code first: ERC-7562
    /// forbids that for an address that has none. Signers come in ascending order of their hashes, so none counts
    /// twice.
    function _validateSignatures(bytes32 hash, bytes[] calldata signers, bytes[] calldata signatures)
        internal
        view
        override
        returns (bool)
    {
        if (signers.length != signatures.length) return false;
        bytes32 previous;
        for (uint256 i = 0; i < signers.length; ++i) {
            bytes32 id = keccak256(signers[i]);
            if (id <= previous || !isSigner(signers[i]) || !_hasSigned(signers[i], hash, signatures[i])) return false;
            previous = id;
        }
        return true;
    }

    function _hasSigned(bytes calldata signer, bytes32 hash, bytes calldata signature) private view returns (bool) {
        if (signer.length == 20) {
            (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(hash, signature);
            if (failure == ECDSA.RecoverError.NoError && recovered == address(bytes20(signer))) return true;
        }
        return SignatureChecker.isValidSignatureNow(signer, hash, signature);
    }

    function _nobody() private pure returns (bytes[] memory owners) {
        owners = new bytes[](1);
        owners[0] = abi.encodePacked(address(0));
    }
}
