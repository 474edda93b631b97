// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyChecker} from "../interfaces/ISessionKeyChecker.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {Operation} from "./Operation.sol";

/// @title The question that a policy's checker contract is asked about every call
library Checking {
    /// @notice The most gas that one question may take.
    uint256 internal constant CHECKER_GAS = 100_000;

    /// @notice Reverts unless `checker` allows the call.
    function ask(
        Operation memory operation,
        address checker,
        uint256 callIndex,
        address target,
        uint256 value,
        bytes calldata data
    ) internal view {
        bytes memory question =
            abi.encodeCall(ISessionKeyChecker.check, (operation.account, operation.keyId, target, value, data));
        bool allowed;
        // Assembly: a high-level call copies whatever comes back, reads the code size (which a bundler counts), and takes no
        // fixed amount of gas without the GAS instruction. Of the answer nothing is read but its first word, in scratch.
        assembly ("memory-safe") {
            mstore(0, 0)
            allowed := staticcall(CHECKER_GAS, checker, add(question, 32), mload(question), 0, 32)
            // The magic is the selector that the question begins with, and nothing behind it.
            let magic := shl(224, shr(224, mload(add(question, 32))))
            allowed := and(allowed, and(gt(returndatasize(), 31), eq(mload(0), magic)))
        }
        if (!allowed) revert ISessionKeyErrors.CheckerRefused(callIndex, checker);
    }
}
