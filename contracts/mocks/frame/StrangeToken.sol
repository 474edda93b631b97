// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that takes a fee of what is sent, and may tell any balance, or none
contract StrangeToken is ERC20 {
    /// @dev Token units that the sender pays on top of every transfer.
    uint256 public fee;
    uint256 public told;
    bool public silent;

    constructor() ERC20("Strange", "STR") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    /// @param told_ what every balance is said to be; 0: the truth.
    function setTold(uint256 told_) external {
        told = told_;
    }

    function setSilent(bool silent_) external {
        silent = silent_;
    }

    function balanceOf(address holder) public view override returns (uint256) {
        require(!silent, "StrangeToken: silent");
        return told == 0 ? super.balanceOf(holder) : told;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (fee != 0) _burn(msg.sender, fee);
        return super.transfer(to, amount);
    }
}
