// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Verifier} from "./Verifier.sol";

/// @title Contracts that say themselves what they have signed (ERC-1271)
/// @notice `key` is the contract's address (20), `signature` whatever it takes.
/// @dev Such a contract answers from its own storage, which ERC-7562 forbids to read while an operation is validated: for
/// where there is no bundler. What it answers may change at any time, and whoever rules it rules the key.
contract ERC1271Verifier is Verifier {
    uint256 private constant KEY_LENGTH = 20;

    /// @inheritdoc Verifier
    function _isSigned(bytes calldata key, bytes32 hash, bytes calldata signature) internal view override returns (bool) {
        if (key.length != KEY_LENGTH) return false;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(address(bytes20(key)), hash, signature);
    }
}
