// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Operation} from "./Operation.sol";
import {Validation} from "./Validation.sol";

/// @title The bundler lane as an ERC-7579 validator
abstract contract ValidatorModule is Validation, IERC7579Validator {
    bytes4 private constant ERC1271_INVALID = 0xffffffff;

    /// @inheritdoc IERC7579Validator
    /// @dev A wrong or malformed key signature returns SIG_VALIDATION_FAILED; a broken rule reverts with its error.
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash)
        external
        override
        returns (uint256 validationData)
    {
        if (msg.sender != userOp.sender) revert CallerNotAllowed(userOp.sender, msg.sender);
        if (CalldataWord.signatureByte(userOp, SIGNATURE_HEAD) == 0) _leave();
        Operation memory operation;
        operation.account = msg.sender;
        (SessionKey storage key, bytes calldata evidence, bytes calldata header, bytes calldata keySignature) =
            _evaluate(operation, userOp);
        validationData = (operation.validAfter << 208) | (operation.validUntil << 160);
        if (_isSigned(operation, userOpHash, evidence, keySignature)) _commit(operation, key, header);
        else validationData |= SIG_VALIDATION_FAILED;
    }

    /// @dev Goes on elsewhere with an operation whose evidence announces a carried grant; does not come back.
    function _leave() internal virtual;

    /// @inheritdoc IERC7579Validator
    /// @dev A session key never signs for the account: no permit, order or log-in is a call that a policy could hold.
    function isValidSignatureWithSender(address, bytes32, bytes calldata) external pure override returns (bytes4) {
        return ERC1271_INVALID;
    }
}
