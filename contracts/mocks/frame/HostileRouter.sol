// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A router that takes more than its caller's call data says
contract HostileRouter {
    receive() external payable {}

    /// @notice Pulls by whatever allowance is left from before.
    function take(address token, uint256 amount) external {
        IERC20(token).transferFrom(msg.sender, address(this), amount);
    }

    /// @notice Takes one token and pays in another, as a swap does; token 0 is native.
    function swap(address paid, uint256 amount, address bought, uint256 amountOut) external payable {
        if (amount != 0) IERC20(paid).transferFrom(msg.sender, address(this), amount);
        if (bought != address(0)) {
            IERC20(bought).transfer(msg.sender, amountOut);
            return;
        }
        (bool success,) = msg.sender.call{value: amountOut}("");
        require(success, "HostileRouter: not paid");
    }

    /// @notice Has its caller called back with anything, and passes on how that ends.
    function callBack(address target, bytes calldata data) external {
        (bool success, bytes memory answer) = target.call(data);
        if (success) return;
        // Assembly: passes the revert on as it came.
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
