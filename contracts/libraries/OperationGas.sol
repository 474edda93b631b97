// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

/// @title The largest gas cost a user operation could have
/// @notice Fields as packed by ERC-4337: `accountGasLimits = verificationGasLimit (16) · callGasLimit (16)`,
/// `gasFees = maxPriorityFeePerGas (16) · maxFeePerGas (16)`,
/// `paymasterAndData = paymaster (20) · verificationGasLimit (16) · postOpGasLimit (16) · data`.
library OperationGas {
    uint256 internal constant PAYMASTER_DATA_OFFSET = 52;

    /// @notice (Sum of all gas limits) × maxFeePerGas, in wei; `type(uint256).max` if the limits' sum does
    /// not fit 128 bits.
    /// @param paymasterGas sum of the paymaster's two limits, 0 without one.
    function maxCost(PackedUserOperation calldata userOp, uint256 paymasterGas) internal pure returns (uint256 cost) {
        // Unchecked: each limit and the fee are below 2^128 by their width. With preVerificationGas below it the sum does
        // not wrap, and with the sum below it the product fits.
        unchecked {
            uint256 limits = uint256(userOp.accountGasLimits);
            uint256 preVerificationGas = userOp.preVerificationGas;
            uint256 gas_ = (limits >> 128) + uint128(limits) + preVerificationGas + paymasterGas;
            if ((preVerificationGas | gas_) >> 128 != 0) return type(uint256).max;
            return gas_ * uint128(uint256(userOp.gasFees));
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
