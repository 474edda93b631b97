// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The functions that move or approve tokens, by their signatures
/// @notice Written from the token standards: what a session key must not do uncounted.
library TokenTable {
    struct Entry {
        string signature;
        /// @dev Argument word of the amount.
        uint256 amountWord;
        /// @dev Argument word of the spender, or {NONE}.
        uint256 spenderWord;
    }

    uint256 internal constant NONE = type(uint256).max;

    function selector(Entry memory entry) internal pure returns (bytes4) {
        return bytes4(keccak256(bytes(entry.signature)));
    }

    /// @notice Functions whose amount is an argument word, so that it can be charged.
    function chargeable() internal pure returns (Entry[] memory list) {
        list = new Entry[](28);
        list[0] = Entry("transfer(address,uint256)", 1, NONE);
        list[1] = Entry("transferFrom(address,address,uint256)", 2, NONE);
        list[2] = Entry("approve(address,uint256)", 1, 0);
        list[3] = Entry("increaseAllowance(address,uint256)", 1, 0);
        list[4] = Entry("increaseApproval(address,uint256)", 1, 0);
        list[5] = Entry("approveAndCall(address,uint256)", 1, 0);
        list[6] = Entry("approveAndCall(address,uint256,bytes)", 1, 0);
        list[7] = Entry("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", 2, 1);
        list[8] = Entry("permit(address,address,uint256,uint256,bytes)", 2, 1);
        list[9] = Entry("transferAndCall(address,uint256)", 1, NONE);
        list[10] = Entry("transferAndCall(address,uint256,bytes)", 1, NONE);
        list[11] = Entry("transferFromAndCall(address,address,uint256)", 2, NONE);
        list[12] = Entry("transferFromAndCall(address,address,uint256,bytes)", 2, NONE);
        list[13] = Entry("transfer(address,uint256,bytes)", 1, NONE);
        list[14] = Entry("send(address,uint256,bytes)", 1, NONE);
        list[15] = Entry("operatorSend(address,address,uint256,bytes,bytes)", 2, NONE);
        list[16] = Entry("burn(uint256)", 0, NONE);
        list[17] = Entry("burn(uint256,bytes)", 0, NONE);
        list[18] = Entry("burn(address,uint256)", 1, NONE);
        list[19] = Entry("burnFrom(address,uint256)", 1, NONE);
        list[20] = Entry("operatorBurn(address,uint256,bytes,bytes)", 1, NONE);
        list[21] = Entry("push(address,uint256)", 1, NONE);
        list[22] = Entry("pull(address,uint256)", 1, NONE);
        list[23] = Entry("move(address,address,uint256)", 2, NONE);
        list[24] = Entry("redeem(uint256,address,address)", 0, NONE);
        list[25] = Entry("withdraw(uint256)", 0, NONE);
        list[26] = Entry(
            "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)", 2, NONE
        );
        list[27] = Entry(
            "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)", 2, NONE
        );
    }

    /// @notice Functions that move or approve what no argument word of token units says.
    function uncountable() internal pure returns (Entry[] memory list) {
        list = new Entry[](16);
        list[0] = Entry("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)", 0, 1);
        list[1] = Entry("authorizeOperator(address)", 0, 0);
        list[2] = Entry("setApprovalForAll(address,bool)", 0, 0);
        list[3] = Entry("approve(address,uint256,uint256)", 0, 0);
        list[4] = Entry("setOperator(address,bool)", 0, 0);
        list[5] = Entry("approve(address,address,uint160,uint48)", 0, 1);
        list[6] = Entry("withdraw(uint256,address,address)", 0, NONE);
        list[7] = Entry("safeTransferFrom(address,address,uint256)", 0, NONE);
        list[8] = Entry("safeTransferFrom(address,address,uint256,bytes)", 0, NONE);
        list[9] = Entry("safeTransferFrom(address,address,uint256,uint256,bytes)", 0, NONE);
        list[10] = Entry("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", 0, NONE);
        list[11] = Entry("transfer(address,uint256,uint256)", 0, NONE);
        list[12] = Entry("transferFrom(address,address,uint256,uint256)", 0, NONE);
        list[13] = Entry("transferFrom(address,address,uint160,address)", 0, NONE);
        list[14] = Entry("decreaseAllowance(address,uint256)", 0, NONE);
        list[15] = Entry("decreaseApproval(address,uint256)", 0, NONE);
    }
}
