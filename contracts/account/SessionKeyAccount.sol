// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ERC7579Utils, Mode} from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {Execution, IERC7579Execution, IERC7579Validator} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

/// @title ERC-7579 account with two fixed lanes: its owner, and its session keys
/// @notice The first 20 bytes of an operation's nonce key choose who validates it:
///
/// - zero: the owner, by a signature over the operation's hash;
/// - {sessionKeyModule}: the module, which the account asks without looking it up among its validators;
/// - anything else: OpenZeppelin's ERC-7579 rule, an installed validator or else the owner.
///
/// The four bytes that follow are free in every lane and give it parallel nonce sequences.
abstract contract SessionKeyAccount is AccountERC7579, ERC721Holder, ERC1155Holder {
    /// @dev The mode of a batch that reverts as one.
    bytes32 private constant DEFAULT_BATCH = bytes32(uint256(1) << 248);

    IEntryPoint private immutable _ENTRY_POINT;
    address private immutable _SESSION_KEY_MODULE;

    /// @notice The session key module answered an operation with `length` bytes instead of one word.
    error ValidationDataMissing(uint256 length);

    constructor(address entryPoint_, address sessionKeyModule_) {
        _ENTRY_POINT = IEntryPoint(entryPoint_);
        _SESSION_KEY_MODULE = sessionKeyModule_;
    }

    /// @notice The one EntryPoint that may validate and execute operations.
    function entryPoint() public view override returns (IEntryPoint) {
        return _ENTRY_POINT;
    }

    /// @notice The module that answers for session keys, once the account has installed it as a validator.
    function sessionKeyModule() public view returns (address) {
        return _SESSION_KEY_MODULE;
    }

    /// @inheritdoc Account
    function validateUserOp(PackedUserOperation calldata userOp, bytes32 userOpHash, uint256 missingAccountFunds)
        public
        override
        onlyEntryPoint
        returns (uint256 validationData)
    {
        address validator = _extractUserOpValidator(userOp);
        if (validator == _SESSION_KEY_MODULE) {
            validationData = _forwardToSessionKeyModule();
        } else if (validator == address(0)) {
            // Nothing can be installed at address(0), so the lookup that OpenZeppelin would make finds nothing.
            validationData = Account._validateUserOp(userOp, userOpHash, userOp.signature);
        } else {
            validationData = _validateUserOp(userOp, userOpHash, userOp.signature);
        }
        _payPrefund(missingAccountFunds);
    }

    /// @inheritdoc IERC7579Execution
    /// @dev Calls that have to succeed, which is what nearly every operation is, do not collect the return data that
    /// {execute} drops anyway. Everything else is OpenZeppelin's, and so is the meaning of target 0: the account.
    function execute(bytes32 mode, bytes calldata executionCalldata) public payable override onlyEntryPointOrSelf {
        if (mode != 0) {
            if (mode == DEFAULT_BATCH) _executeBatch(executionCalldata);
            else _execute(Mode.wrap(mode), executionCalldata);
            return;
        }
        (address target, uint256 value, bytes calldata data) = ERC7579Utils.decodeSingle(executionCalldata);
        if (target == address(0)) target = address(this);
        bool success;
        // Assembly: sends the bytes on from calldata. By way of Solidity they would be copied into a `bytes memory`
        // first, for 250 gas. Only memory behind the free pointer is written.
        assembly ("memory-safe") {
            let input := mload(0x40)
            calldatacopy(input, data.offset, data.length)
            success := call(gas(), target, value, input, data.length, 0, 0)
        }
        if (!success) LowLevelCall.bubbleRevert();
    }

    /// @inheritdoc IERC7579Execution
    /// @dev The session key module is not looked up among the executors, for the reason that {_forwardToSessionKeyModule}
    /// gives, and gets no return data of a single call, since it reads none. Everything else is OpenZeppelin's.
    function executeFromExecutor(bytes32 mode, bytes calldata executionCalldata)
        public
        payable
        override
        returns (bytes[] memory returnData)
    {
        if (msg.sender != _SESSION_KEY_MODULE) return super.executeFromExecutor(mode, executionCalldata);
        if (mode != 0) return _execute(Mode.wrap(mode), executionCalldata);
        (address target, uint256 value, bytes calldata data) = ERC7579Utils.decodeSingle(executionCalldata);
        if (target == address(0)) target = address(this);
        if (!LowLevelCall.callNoReturn(target, value, data)) LowLevelCall.bubbleRevert();
    }

    /// @dev Whether the session key module asks for the owners' own answer, by the route of 20 zero bytes: like the zero of
    /// a nonce key, an address that no validator has. The module asks about grants and revocations only, each of which
    /// names account and chain, so that an answer over the plain hash is worth nothing elsewhere.
    function _isOwnerAsked(bytes calldata signature) internal view returns (bool) {
        return msg.sender == _SESSION_KEY_MODULE && signature.length >= 20 && bytes20(signature) == 0;
    }

    /// @dev Makes each call of a batch, or reverts as the first that fails does.
    function _executeBatch(bytes calldata executionCalldata) private {
        Execution[] calldata calls = ERC7579Utils.decodeBatch(executionCalldata);
        // Assembly: as for a single call, and more is saved: the answers would be collected too, and a call's parts be
        // checked one jump at a time. What Solidity's accessors refuse is refused here, without data as there: an
        // address with dirty upper bits, and call data that does not lie within calldata. Offsets and lengths are bounded
        // by 2^64, so that no sum wraps.
        assembly ("memory-safe") {
            let input := mload(0x40)
            let at := calls.offset
            for { let end := add(at, shl(5, calls.length)) } lt(at, end) { at := add(at, 32) } {
                let start := calldataload(at)
                let it := add(calls.offset, start)
                let target := calldataload(it)
                let offset := calldataload(add(it, 64))
                let data := add(it, offset)
                let length := calldataload(data)
                data := add(data, 32)
                let wrong := or(shr(64, or(or(start, offset), length)), shr(160, target))
                if or(wrong, gt(add(data, length), calldatasize())) { revert(0, 0) }
                if iszero(target) { target := address() }
                calldatacopy(input, data, length)
                if iszero(call(gas(), target, calldataload(add(it, 32)), input, length, 0, 0)) {
                    returndatacopy(input, 0, returndatasize())
                    revert(input, returndatasize())
                }
            }
        }
    }

    /// @dev Asks the module with the very bytes that the EntryPoint sent, and passes its answer on unchanged, whether
    /// a word or a revert.
    ///
    /// The account's own list of validators is not read: the module keeps a control word for each account and refuses
    /// one that has not installed it, or has uninstalled it since. An account's list and that word are always written
    /// together, by {installModule} and {uninstallModule}, so reading the list too would tell nothing new. Whoever
    /// passes another module to the constructor has to know that it refuses accounts that did not install it.
    function _forwardToSessionKeyModule() private returns (uint256 validationData) {
        address module = _SESSION_KEY_MODULE;
        bytes4 selector = IERC7579Validator.validateUserOp.selector;
        bool success;
        // Assembly, because encoding the operation again costs 2,000 gas and copying it by way of Solidity 200. The
        // arguments are those of {validateUserOp} with one more head word behind them (`missingAccountFunds`), which
        // the module's decoder skips: it finds the operation by its offset. Only memory behind the free pointer is
        // written.
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, selector)
            calldatacopy(add(data, 4), 4, sub(calldatasize(), 4))
            success := call(gas(), module, 0, data, calldatasize(), data, 0x20)
            validationData := mload(data)
        }
        if (!success) LowLevelCall.bubbleRevert();
        // An address without code "succeeds" and answers nothing, which leaves the question where the answer belongs.
        uint256 length = LowLevelCall.returnDataSize();
        if (length != 32) revert ValidationDataMissing(length);
    }
}
