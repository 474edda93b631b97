// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPaymaster, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title Pays for every operation, and remembers nothing
contract AcceptingPaymaster is IPaymaster {
    /// @inheritdoc IPaymaster
    function validatePaymasterUserOp(PackedUserOperation calldata, bytes32, uint256)
        external
        virtual
        returns (bytes memory context, uint256 validationData)
    {
        return ("", 0);
    }

    /// @inheritdoc IPaymaster
    function postOp(PostOpMode, bytes calldata, uint256, uint256) external {}
}
