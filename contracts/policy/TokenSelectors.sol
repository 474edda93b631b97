// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The functions that move or approve tokens, and where they name the amount
/// @notice The module's own table: ERC-20 and its usual extensions, ERC-223, ERC-677, ERC-777, ERC-1363, ERC-2612,
/// ERC-4626, ERC-3009, DAI, ERC-721 and ERC-1155. What is not in the table is not known to move tokens; a permission for
/// it on a metered token needs an explicit `uncapped` mark all the same.
library TokenSelectors {
    /// @dev What the table knows of a selector, packed: bit 0 moves or approves · bit 1 chargeable · bit 2 approves ·
    /// bits 8–15 argument word of the amount · bits 16–23 argument word of the spender.
    type Entry is uint256;

    Entry private constant NONE = Entry.wrap(0);
    /// @dev Moves or approves in amounts that no argument word names.
    Entry private constant UNCHARGEABLE = Entry.wrap(1);
    Entry private constant AMOUNT_0 = Entry.wrap(3);
    Entry private constant AMOUNT_1 = Entry.wrap(3 | (1 << 8));
    Entry private constant AMOUNT_2 = Entry.wrap(3 | (2 << 8));
    /// @dev Approves the spender of word 0 for the amount of word 1.
    Entry private constant APPROVE_1 = Entry.wrap(7 | (1 << 8));
    /// @dev Approves the spender of word 1 for the amount of word 2.
    Entry private constant APPROVE_2 = Entry.wrap(7 | (2 << 8) | (1 << 16));

    /// @dev Approve an operator, or an amount that is not the token's own units: spender in word 0, in word 1.
    Entry private constant UNCHARGEABLE_APPROVE_0 = Entry.wrap(5);
    Entry private constant UNCHARGEABLE_APPROVE_1 = Entry.wrap(5 | (1 << 16));

    bytes4 private constant TRANSFER = bytes4(keccak256("transfer(address,uint256)"));
    bytes4 private constant APPROVE = bytes4(keccak256("approve(address,uint256)"));
    bytes4 private constant TRANSFER_FROM = bytes4(keccak256("transferFrom(address,address,uint256)"));
    bytes4 private constant INCREASE_ALLOWANCE = bytes4(keccak256("increaseAllowance(address,uint256)"));
    bytes4 private constant INCREASE_APPROVAL = bytes4(keccak256("increaseApproval(address,uint256)"));
    bytes4 private constant DECREASE_ALLOWANCE = bytes4(keccak256("decreaseAllowance(address,uint256)"));
    bytes4 private constant DECREASE_APPROVAL = bytes4(keccak256("decreaseApproval(address,uint256)"));
    bytes4 private constant BURN = bytes4(keccak256("burn(uint256)"));
    bytes4 private constant BURN_FROM = bytes4(keccak256("burnFrom(address,uint256)"));
    bytes4 private constant BURN_OF = bytes4(keccak256("burn(address,uint256)"));
    bytes4 private constant PERMIT =
        bytes4(keccak256("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"));
    bytes4 private constant PERMIT_BYTES = bytes4(keccak256("permit(address,address,uint256,uint256,bytes)"));
    bytes4 private constant DAI_PERMIT =
        bytes4(keccak256("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)"));
    bytes4 private constant DAI_PUSH = bytes4(keccak256("push(address,uint256)"));
    bytes4 private constant DAI_PULL = bytes4(keccak256("pull(address,uint256)"));
    bytes4 private constant DAI_MOVE = bytes4(keccak256("move(address,address,uint256)"));
    bytes4 private constant ERC223_TRANSFER = bytes4(keccak256("transfer(address,uint256,bytes)"));
    bytes4 private constant TRANSFER_AND_CALL = bytes4(keccak256("transferAndCall(address,uint256)"));
    bytes4 private constant TRANSFER_AND_CALL_DATA = bytes4(keccak256("transferAndCall(address,uint256,bytes)"));
    bytes4 private constant TRANSFER_FROM_AND_CALL =
        bytes4(keccak256("transferFromAndCall(address,address,uint256)"));
    bytes4 private constant TRANSFER_FROM_AND_CALL_DATA =
        bytes4(keccak256("transferFromAndCall(address,address,uint256,bytes)"));
    bytes4 private constant APPROVE_AND_CALL = bytes4(keccak256("approveAndCall(address,uint256)"));
    bytes4 private constant APPROVE_AND_CALL_DATA = bytes4(keccak256("approveAndCall(address,uint256,bytes)"));
    bytes4 private constant ERC777_SEND = bytes4(keccak256("send(address,uint256,bytes)"));
    bytes4 private constant ERC777_BURN = bytes4(keccak256("burn(uint256,bytes)"));
    bytes4 private constant ERC777_AUTHORIZE = bytes4(keccak256("authorizeOperator(address)"));
    bytes4 private constant ERC777_OPERATOR_SEND =
        bytes4(keccak256("operatorSend(address,address,uint256,bytes,bytes)"));
    bytes4 private constant ERC777_OPERATOR_BURN = bytes4(keccak256("operatorBurn(address,uint256,bytes,bytes)"));
    bytes4 private constant ERC3009_TRANSFER = bytes4(
        keccak256("transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)")
    );
    bytes4 private constant ERC3009_RECEIVE = bytes4(
        keccak256("receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)")
    );
    bytes4 private constant ERC4626_WITHDRAW = bytes4(keccak256("withdraw(uint256,address,address)"));
    bytes4 private constant ERC4626_REDEEM = bytes4(keccak256("redeem(uint256,address,address)"));
    bytes4 private constant WETH_WITHDRAW = bytes4(keccak256("withdraw(uint256)"));
    bytes4 private constant SET_APPROVAL_FOR_ALL = bytes4(keccak256("setApprovalForAll(address,bool)"));
    bytes4 private constant SAFE_TRANSFER_FROM = bytes4(keccak256("safeTransferFrom(address,address,uint256)"));
    bytes4 private constant SAFE_TRANSFER_FROM_DATA =
        bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)"));
    bytes4 private constant ERC1155_TRANSFER =
        bytes4(keccak256("safeTransferFrom(address,address,uint256,uint256,bytes)"));
    bytes4 private constant ERC1155_BATCH =
        bytes4(keccak256("safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"));
    bytes4 private constant ERC6909_TRANSFER = bytes4(keccak256("transfer(address,uint256,uint256)"));
    bytes4 private constant ERC6909_TRANSFER_FROM =
        bytes4(keccak256("transferFrom(address,address,uint256,uint256)"));
    bytes4 private constant ERC6909_APPROVE = bytes4(keccak256("approve(address,uint256,uint256)"));
    bytes4 private constant ERC6909_SET_OPERATOR = bytes4(keccak256("setOperator(address,bool)"));
    bytes4 private constant PERMIT2_APPROVE = bytes4(keccak256("approve(address,address,uint160,uint48)"));
    bytes4 private constant PERMIT2_TRANSFER = bytes4(keccak256("transferFrom(address,address,uint160,address)"));

    bytes4 private constant ON_INSTALL = bytes4(keccak256("onInstall(bytes)"));
    bytes4 private constant ON_UNINSTALL = bytes4(keccak256("onUninstall(bytes)"));

    /// @dev A bit for the first byte of every selector in the table.
    uint256 private constant FIRST_BYTES =
        (uint256(1) << (uint32(TRANSFER) >> 24)) | (uint256(1) << (uint32(APPROVE) >> 24))
            | (uint256(1) << (uint32(TRANSFER_FROM) >> 24))
            | (uint256(1) << (uint32(INCREASE_ALLOWANCE) >> 24)) | (uint256(1) << (uint32(INCREASE_APPROVAL) >> 24))
            | (uint256(1) << (uint32(DECREASE_ALLOWANCE) >> 24)) | (uint256(1) << (uint32(DECREASE_APPROVAL) >> 24))
            | (uint256(1) << (uint32(BURN) >> 24)) | (uint256(1) << (uint32(BURN_FROM) >> 24))
            | (uint256(1) << (uint32(BURN_OF) >> 24)) | (uint256(1) << (uint32(PERMIT) >> 24))
            | (uint256(1) << (uint32(PERMIT_BYTES) >> 24)) | (uint256(1) << (uint32(DAI_PERMIT) >> 24))
            | (uint256(1) << (uint32(DAI_PUSH) >> 24)) | (uint256(1) << (uint32(DAI_PULL) >> 24))
            | (uint256(1) << (uint32(DAI_MOVE) >> 24)) | (uint256(1) << (uint32(ERC223_TRANSFER) >> 24))
            | (uint256(1) << (uint32(TRANSFER_AND_CALL) >> 24))
            | (uint256(1) << (uint32(TRANSFER_AND_CALL_DATA) >> 24))
            | (uint256(1) << (uint32(TRANSFER_FROM_AND_CALL) >> 24))
            | (uint256(1) << (uint32(TRANSFER_FROM_AND_CALL_DATA) >> 24))
            | (uint256(1) << (uint32(APPROVE_AND_CALL) >> 24))
            | (uint256(1) << (uint32(APPROVE_AND_CALL_DATA) >> 24)) | (uint256(1) << (uint32(ERC777_SEND) >> 24))
            | (uint256(1) << (uint32(ERC777_BURN) >> 24)) | (uint256(1) << (uint32(ERC777_AUTHORIZE) >> 24))
            | (uint256(1) << (uint32(ERC777_OPERATOR_SEND) >> 24))
            | (uint256(1) << (uint32(ERC777_OPERATOR_BURN) >> 24))
            | (uint256(1) << (uint32(ERC3009_TRANSFER) >> 24)) | (uint256(1) << (uint32(ERC3009_RECEIVE) >> 24))
            | (uint256(1) << (uint32(ERC4626_WITHDRAW) >> 24)) | (uint256(1) << (uint32(ERC4626_REDEEM) >> 24))
            | (uint256(1) << (uint32(WETH_WITHDRAW) >> 24)) | (uint256(1) << (uint32(SET_APPROVAL_FOR_ALL) >> 24))
            | (uint256(1) << (uint32(SAFE_TRANSFER_FROM) >> 24))
            | (uint256(1) << (uint32(SAFE_TRANSFER_FROM_DATA) >> 24))
            | (uint256(1) << (uint32(ERC1155_TRANSFER) >> 24)) | (uint256(1) << (uint32(ERC1155_BATCH) >> 24))
            | (uint256(1) << (uint32(ERC6909_TRANSFER) >> 24))
            | (uint256(1) << (uint32(ERC6909_TRANSFER_FROM) >> 24))
            | (uint256(1) << (uint32(ERC6909_APPROVE) >> 24)) | (uint256(1) << (uint32(ERC6909_SET_OPERATOR) >> 24))
            | (uint256(1) << (uint32(PERMIT2_APPROVE) >> 24)) | (uint256(1) << (uint32(PERMIT2_TRANSFER) >> 24));
    /// @dev The same for last bytes.
    uint256 private constant LAST_BYTES =
        (uint256(1) << (uint32(TRANSFER) & 0xff)) | (uint256(1) << (uint32(APPROVE) & 0xff))
            | (uint256(1) << (uint32(TRANSFER_FROM) & 0xff))
            | (uint256(1) << (uint32(INCREASE_ALLOWANCE) & 0xff)) | (uint256(1) << (uint32(INCREASE_APPROVAL) & 0xff))
            | (uint256(1) << (uint32(DECREASE_ALLOWANCE) & 0xff))
            | (uint256(1) << (uint32(DECREASE_APPROVAL) & 0xff)) | (uint256(1) << (uint32(BURN) & 0xff))
            | (uint256(1) << (uint32(BURN_FROM) & 0xff)) | (uint256(1) << (uint32(BURN_OF) & 0xff))
            | (uint256(1) << (uint32(PERMIT) & 0xff)) | (uint256(1) << (uint32(PERMIT_BYTES) & 0xff))
            | (uint256(1) << (uint32(DAI_PERMIT) & 0xff)) | (uint256(1) << (uint32(DAI_PUSH) & 0xff))
            | (uint256(1) << (uint32(DAI_PULL) & 0xff)) | (uint256(1) << (uint32(DAI_MOVE) & 0xff))
            | (uint256(1) << (uint32(ERC223_TRANSFER) & 0xff)) | (uint256(1) << (uint32(TRANSFER_AND_CALL) & 0xff))
            | (uint256(1) << (uint32(TRANSFER_AND_CALL_DATA) & 0xff))
            | (uint256(1) << (uint32(TRANSFER_FROM_AND_CALL) & 0xff))
            | (uint256(1) << (uint32(TRANSFER_FROM_AND_CALL_DATA) & 0xff))
            | (uint256(1) << (uint32(APPROVE_AND_CALL) & 0xff))
            | (uint256(1) << (uint32(APPROVE_AND_CALL_DATA) & 0xff)) | (uint256(1) << (uint32(ERC777_SEND) & 0xff))
            | (uint256(1) << (uint32(ERC777_BURN) & 0xff)) | (uint256(1) << (uint32(ERC777_AUTHORIZE) & 0xff))
            | (uint256(1) << (uint32(ERC777_OPERATOR_SEND) & 0xff))
            | (uint256(1) << (uint32(ERC777_OPERATOR_BURN) & 0xff))
            | (uint256(1) << (uint32(ERC3009_TRANSFER) & 0xff)) | (uint256(1) << (uint32(ERC3009_RECEIVE) & 0xff))
            | (uint256(1) << (uint32(ERC4626_WITHDRAW) & 0xff)) | (uint256(1) << (uint32(ERC4626_REDEEM) & 0xff))
            | (uint256(1) << (uint32(WETH_WITHDRAW) & 0xff)) | (uint256(1) << (uint32(SET_APPROVAL_FOR_ALL) & 0xff))
            | (uint256(1) << (uint32(SAFE_TRANSFER_FROM) & 0xff))
            | (uint256(1) << (uint32(SAFE_TRANSFER_FROM_DATA) & 0xff))
            | (uint256(1) << (uint32(ERC1155_TRANSFER) & 0xff)) | (uint256(1) << (uint32(ERC1155_BATCH) & 0xff))
            | (uint256(1) << (uint32(ERC6909_TRANSFER) & 0xff))
            | (uint256(1) << (uint32(ERC6909_TRANSFER_FROM) & 0xff))
            | (uint256(1) << (uint32(ERC6909_APPROVE) & 0xff))
            | (uint256(1) << (uint32(ERC6909_SET_OPERATOR) & 0xff))
            | (uint256(1) << (uint32(PERMIT2_APPROVE) & 0xff)) | (uint256(1) << (uint32(PERMIT2_TRANSFER) & 0xff));

    /// @notice Two filters that spare nearly every selector that is not in the table some fifty comparisons.
    /// @return false only for a selector that {lookup} does not know.
    function mayBeListed(bytes4 selector) internal pure returns (bool) {
        uint256 number = uint32(selector);
        return (FIRST_BYTES >> (number >> 24)) & (LAST_BYTES >> (number & 0xff)) & 1 != 0;
    }

    /// @notice What the table says of `selector`; the frequent ones first.
    function lookup(bytes4 selector) internal pure returns (Entry) {
        if (selector == TRANSFER) return AMOUNT_1;
        if (selector == APPROVE) return APPROVE_1;
        if (selector == TRANSFER_FROM) return AMOUNT_2;
        if (
            selector == INCREASE_ALLOWANCE || selector == INCREASE_APPROVAL || selector == APPROVE_AND_CALL
                || selector == APPROVE_AND_CALL_DATA
        ) return APPROVE_1;
        if (selector == PERMIT || selector == PERMIT_BYTES) return APPROVE_2;
        if (
            selector == TRANSFER_AND_CALL || selector == TRANSFER_AND_CALL_DATA || selector == ERC223_TRANSFER
                || selector == ERC777_SEND || selector == ERC777_OPERATOR_BURN || selector == DAI_PUSH
                || selector == DAI_PULL || selector == BURN_FROM || selector == BURN_OF
        ) return AMOUNT_1;
        if (
            selector == BURN || selector == ERC777_BURN || selector == ERC4626_REDEEM || selector == WETH_WITHDRAW
        ) return AMOUNT_0;
        if (
            selector == DAI_MOVE || selector == TRANSFER_FROM_AND_CALL || selector == TRANSFER_FROM_AND_CALL_DATA
                || selector == ERC777_OPERATOR_SEND || selector == ERC3009_TRANSFER || selector == ERC3009_RECEIVE
        ) return AMOUNT_2;
        if (
            selector == SET_APPROVAL_FOR_ALL || selector == ERC777_AUTHORIZE || selector == ERC6909_APPROVE
                || selector == ERC6909_SET_OPERATOR
        ) return UNCHARGEABLE_APPROVE_0;
        if (selector == DAI_PERMIT || selector == PERMIT2_APPROVE) return UNCHARGEABLE_APPROVE_1;
        if (
            selector == ERC4626_WITHDRAW || selector == SAFE_TRANSFER_FROM || selector == SAFE_TRANSFER_FROM_DATA
                || selector == ERC1155_TRANSFER || selector == ERC1155_BATCH || selector == ERC6909_TRANSFER
                || selector == ERC6909_TRANSFER_FROM || selector == PERMIT2_TRANSFER || selector == DECREASE_ALLOWANCE
                || selector == DECREASE_APPROVAL
        ) return UNCHARGEABLE;
        return NONE;
    }

    /// @notice Whether no wildcard may cover `selector`.
    function isForbiddenByWildcard(bytes4 selector) internal pure returns (bool) {
        return selector == ON_INSTALL || selector == ON_UNINSTALL || (mayBeListed(selector) && moves(lookup(selector)));
    }

    function moves(Entry entry) internal pure returns (bool) {
        return Entry.unwrap(entry) & 1 != 0;
    }

    function isChargeable(Entry entry) internal pure returns (bool) {
        return Entry.unwrap(entry) & 2 != 0;
    }

    function approves(Entry entry) internal pure returns (bool) {
        return Entry.unwrap(entry) & 4 != 0;
    }

    function amountWord(Entry entry) internal pure returns (uint256) {
        return (Entry.unwrap(entry) >> 8) & 0xff;
    }

    function spenderWord(Entry entry) internal pure returns (uint256) {
        return (Entry.unwrap(entry) >> 16) & 0xff;
    }
}
