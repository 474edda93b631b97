// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The least that an ERC-7579 account is: default-mode batches, which fail as one
/// @notice Runs whatever anyone asks: an EntryPoint's part is played by the test.
contract BatchAccount {
    struct Execution {
        address target;
        uint256 value;
        bytes callData;
    }

    receive() external payable {}

    function execute(bytes32, bytes calldata executionCalldata) external payable {
        Execution[] memory calls = abi.decode(executionCalldata, (Execution[]));
        for (uint256 i; i < calls.length; ++i) {
            (bool success, bytes memory answer) = calls[i].target.call{value: calls[i].value}(calls[i].callData);
            if (success) continue;
            // Assembly: passes the revert on as it came.
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }
}
