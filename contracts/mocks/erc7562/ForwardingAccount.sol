// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccount, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

/// @title The least account in which a validator module can be traced
/// @notice Forwards validation to the module in the first 20 bytes of the nonce. Has no owner: for tests only.
contract ForwardingAccount is IAccount {
    receive() external payable {}

    /// @inheritdoc IAccount
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash, uint256 missingAccountFunds)
        external
        returns (uint256 validationData)
    {
        address module = address(bytes20(bytes32(userOp.nonce)));
        validationData = IERC7579Validator(module).validateUserOp(userOp, userOpHash);
        if (missingAccountFunds != 0) {
            (bool paid,) = msg.sender.call{value: missingAccountFunds}("");
            paid; // the EntryPoint itself checks what arrived
        }
    }
}
