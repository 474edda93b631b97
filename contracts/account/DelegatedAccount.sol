// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {SignerEIP7702} from "@openzeppelin/contracts/utils/cryptography/signers/SignerEIP7702.sol";
import {SessionKeyAccount} from "./SessionKeyAccount.sol";

/// @title Session keys for an EOA, under EIP-7702
/// @notice The owner is the EOA itself. To set up: delegate to this contract, then send `installModule(1,
/// sessionKeyModule, 0x01 · guardian · 0x14 · 20 zero bytes)` from the EOA to itself; nobody else can. An operation's
/// `initCode` may be empty or the bare EIP-7702 marker: there is no initializer to call.
/// @dev Storage starts at erc7201("valet-keys.storage.DelegatedAccount"), away from what an earlier or later delegate
/// of the same EOA keeps in its low slots.
contract DelegatedAccount layout at erc7201("valet-keys.storage.DelegatedAccount") is SessionKeyAccount, SignerEIP7702 {
    constructor(address entryPoint_, address sessionKeyModule_) SessionKeyAccount(entryPoint_, sessionKeyModule_) {}

    /// @inheritdoc AccountERC7579
    function accountId() public pure override returns (string memory) {
        return "valet-keys.delegated-account.0.1.0";
    }

    /// @notice An installed validator answers if the signature begins with its address, otherwise the EOA's key.
    /// @dev The plain hash is right here: the key's signature over it is worth the same to anyone who runs ecrecover,
    /// with or without code at the EOA, so nothing is gained by binding it to the account once more.
    function isValidSignature(bytes32 hash, bytes calldata signature) public view override returns (bytes4) {
        if (_isOwnerAsked(signature)) {
            return _rawSignatureValidation(hash, signature[20:]) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
        }
        bytes4 answer = super.isValidSignature(hash, signature);
        if (answer == IERC1271.isValidSignature.selector) return answer;
        return _rawSignatureValidation(hash, signature) ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _rawSignatureValidation(bytes32 hash, bytes calldata signature)
        internal
        view
        override(AccountERC7579, SignerEIP7702)
        returns (bool)
    {
        return SignerEIP7702._rawSignatureValidation(hash, signature);
    }
}
