// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title The largest gas cost a user operation could have
/// @notice Fields as packed by ERC-4337: `accountGasLimits = verificationGasLimit (16) · callGasLimit (16)`,
/// `gasFees = maxPriorityFeePerGas (16) · maxFeePerGas (16)`,
/// `paymasterAndData = paymaster (20) · verificationGasLimit (16) · postOpGasLimit (16) · data`.
library OperationGas {
    uint256 internal constant PAYMASTER_DATA_OFFSET = 52;

    /// @notice (Sum of all gas limits) × maxFeePerGas, in wei; `type(uint256).max` if the limits are out of all
    /// proportion.
    /// @param paymasterGas sum of the paymaster's two limits, 0 without one.
    function maxCost(PackedUserOperation calldata userOp, uint256 paymasterGas) internal pure returns (uint256 cost) {
        // Unchecked: the sum of numbers below 2^128 is below 2^131, but for preVerificationGas, which the test covers;
        // the product of two numbers below 2^128 fits a word.
        unchecked {
            uint256 limits = uint256(userOp.accountGasLimits);
            uint256 preVerificationGas = userOp.preVerificationGas;
            uint256 gas_ = (limits >> 128) + uint128(limits) + preVerificationGas + paymasterGas;
            cost = gas_ * uint128(uint256(userOp.gasFees));
            if ((gas_ | preVerificationGas) >> 128 != 0) cost = type(uint256).max;
        }
    }

    /// @notice `cost · rate / 1e18`, rounded up; `type(uint256).max` if the cost is out of all proportion.
    /// @param cost wei.
    /// @param rate token units per 1e18 wei, below 2^128.
    function tokenCost(uint256 cost, uint256 rate) internal pure returns (uint256) {
        if (cost > type(uint128).max) return type(uint256).max;
        // Unchecked: the product of two numbers below 2^128, then a quotient plus one.
        unchecked {
            uint256 product = cost * rate;
            return product / 1e18 + (product % 1e18 == 0 ? 0 : 1);
        }
    }

    /// @notice The paymaster's address, the sum of its two gas limits, and its own data.
    /// @param paymasterAndData at least 52 bytes.
    function paymasterParts(bytes calldata paymasterAndData)
        internal
        pure
        returns (address paymaster, uint256 gasLimits, bytes calldata data)
    {
        paymaster = address(bytes20(paymasterAndData[:20]));
        // Unchecked: two numbers below 2^128.
        unchecked {
            gasLimits =
                uint256(uint128(bytes16(paymasterAndData[20:36]))) + uint128(bytes16(paymasterAndData[36:52]));
        }
        data = paymasterAndData[PAYMASTER_DATA_OFFSET:];
    }
}
