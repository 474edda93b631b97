// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7579Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ISessionKeyDirectLane} from "../interfaces/ISessionKeyDirectLane.sol";
import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {RedemptionLock} from "../libraries/RedemptionLock.sol";
import {CosignSection} from "../policy/CosignSection.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {Signers} from "../policy/Signers.sol";
import {EXTRA_FRAME, Operation} from "./Operation.sol";
import {Previewing} from "./Previewing.sol";
import {RedemptionDigest} from "./RedemptionDigest.sol";
import {Redemptions} from "./Redemptions.sol";

/// @title The direct lane: an ERC-7579 executor
/// @notice Decides, checks who sends or signed, writes the counters, and only then has the account make the calls. What
/// a call reaches sees counters that have counted it already, and no second redemption of the account starts before this
/// one has ended.
abstract contract DirectLane is Redemptions, RedemptionDigest, Previewing, ISessionKeyDirectLane {
    using CalldataWord for bytes;
    using CosignSection for bytes;

    uint256 private constant NONCE_LENGTH = 3;
    /// @dev nonce 3 · keySignature 65, of an EOA.
    uint256 private constant AUTHORIZATION_LENGTH = 68;
    /// @dev digestHead 4 · signature 65.
    uint256 private constant COSIGNATURE_LENGTH = 69;
    uint256 private constant ACCOUNT_LENGTH = 20;

    /// @inheritdoc ISessionKeyDirectLane
    function redeem(address account, bytes32 mode, bytes calldata executionCalldata, bytes calldata context)
        external
        override
    {
        _redeem(account, mode, executionCalldata, context);
    }

    /// @inheritdoc ISessionKeyDirectLane
    function redeemDelegations(
        bytes[] calldata permissionContexts,
        bytes32[] calldata modes,
        bytes[] calldata executionCallDatas
    ) external override {
        uint256 count = permissionContexts.length;
        if (count == 0 || modes.length != count || executionCallDatas.length != count) {
            revert RedemptionsMalformed(count, modes.length, executionCallDatas.length);
        }
        for (uint256 i; i < count; ++i) {
            bytes calldata context = permissionContexts[i];
            if (context.length < ACCOUNT_LENGTH) revert PermissionContextMalformed(i, context.length);
            _redeem(address(bytes20(context)), modes[i], executionCallDatas[i], context[ACCOUNT_LENGTH:]);
        }
    }

    /// @inheritdoc ISessionKeyDirectLane
    function previewRedeem(address account, bytes32 mode, bytes calldata executionCalldata, bytes calldata context)
        external
        view
        override
        returns (Preview memory)
    {
        Operation memory operation;
        operation.account = account;
        (,, bytes calldata header,) = _evaluateRedemption(operation, mode, executionCalldata, context);
        if (operation.extras & EXTRA_FRAME != 0) _checkFrame(operation);
        return _figures(operation, header);
    }

    /// @inheritdoc ISessionKeyDirectLane
    function redemptionDigest(
        bool cosigned,
        address account,
        uint256 epoch,
        uint256 serial,
        uint256 nonce,
        bytes32 mode,
        bytes calldata executionCalldata,
        bytes calldata context
    ) external view override returns (bytes32) {
        Operation memory operation;
        (bytes calldata evidence,,,) = _open(operation, context);
        Redemption memory it = Redemption(account, epoch, serial, nonce);
        return _redemptionDigest(cosigned, it, context.word(0), mode, executionCalldata, evidence);
    }

    function _redeem(address account, bytes32 mode, bytes calldata executionCalldata, bytes calldata context) private {
        Operation memory operation;
        operation.account = account;
        (SessionKey storage key, bytes calldata evidence, bytes calldata header, bytes calldata authorization) =
            _evaluateRedemption(operation, mode, executionCalldata, context);
        if (header.isPresent()) {
            authorization =
                _requireCosigned(operation, key.usage, mode, executionCalldata, context, evidence, header, authorization);
        }
        if (authorization.length != 0) {
            _requireSigned(operation, key.usage, mode, executionCalldata, context.word(0), evidence, authorization);
        } else {
            // The origin too: the key's signature is on the transaction then, and no code that may appear at the key's
            // address can pose as it.
            // solhint-disable-next-line avoid-tx-origin
            if (!operation.signer.isEoa() || msg.sender != operation.signer.addr() || tx.origin != msg.sender) {
                // solhint-disable-next-line avoid-tx-origin
                revert RedemptionUnauthorized(operation.signer.addr(), msg.sender, tx.origin);
            }
        }
        _runCalls(operation, key, header, mode, executionCalldata);
    }

    /// @dev Counts, and has the account make the calls, within a frame if the key is measured.
    function _runCalls(
        Operation memory operation,
        SessionKey storage key,
        bytes calldata header,
        bytes32 mode,
        bytes calldata executionCalldata
    ) private {
        address account = operation.account;
        RedemptionLock.acquire(account);
        _commit(operation, key, header);
        bool framed = operation.extras & EXTRA_FRAME != 0;
        if (framed) _runFrames(abi.encodeCall(ISessionKeyFrames.openFor, account));
        _execute(account, mode, executionCalldata);
        if (framed) _runFrames(abi.encodeCall(ISessionKeyFrames.closeFor, account));
        RedemptionLock.release(account);
    }

    /// @dev Runs the frames' code in this contract's storage.
    function _runFrames(bytes memory data) private {
        Address.functionDelegateCall(address(_FRAMES), data);
    }

    /// @dev The key signed exactly this, for the next place in the line of its uses.
    function _requireSigned(
        Operation memory operation,
        KeyUsage usage,
        bytes32 mode,
        bytes calldata executionCalldata,
        uint256 window,
        bytes calldata evidence,
        bytes calldata authorization
    ) private view {
        if (operation.signer.isEoa() ? authorization.length != AUTHORIZATION_LENGTH : authorization.length <= NONCE_LENGTH) {
            revert RedemptionMalformed(authorization.length);
        }
        Redemption memory it = _redemption(operation, usage);
        uint256 nonce = authorization.word(0) >> 232;
        if (nonce != it.nonce) revert RedemptionNonceInvalid(nonce, it.nonce);
        bytes32 digest = _redemptionDigest(false, it, window, mode, executionCalldata, evidence);
        if (!Signers.isValid(operation.signer, digest, _behind(authorization, NONCE_LENGTH))) {
            revert RedemptionSignatureInvalid(operation.signer.addr(), it.epoch, it.serial, it.nonce);
        }
    }

    /// @dev Step 9. The co-signature stands behind what authorizes the redemption without it, be that nothing.
    /// @return rest what is in front of it.
    function _requireCosigned(
        Operation memory operation,
        KeyUsage usage,
        bytes32 mode,
        bytes calldata executionCalldata,
        bytes calldata context,
        bytes calldata evidence,
        bytes calldata header,
        bytes calldata authorization
    ) private view returns (bytes calldata rest) {
        (uint256 passed, uint256 start) = _findPassed(operation, header);
        bytes calldata cosignature;
        if (_saysLength(operation, header, start)) {
            (rest, cosignature) = _split(authorization);
        } else {
            uint256 length = authorization.length;
            // A nonce and a signature may be all there is. Of anything else the end is the co-signature, whole or cut short.
            if (length != AUTHORIZATION_LENGTH) length = length < COSIGNATURE_LENGTH ? 0 : length - COSIGNATURE_LENGTH;
            rest = authorization.slice(0, length);
            cosignature = authorization.slice(length, authorization.length - length);
        }
        if (passed | cosignature.length != 0) {
            bytes32 digest = _redemptionDigest(
                true, _redemption(operation, usage), context.word(0), mode, executionCalldata, evidence
            );
            if (passed == 0 || !_isCosigned(header, start, digest, cosignature)) {
                _revertCosignature(operation, header, passed, digest, cosignature);
            }
        }
    }

    /// @dev What a signature binds besides the calls, for the next place in the line of the key's uses.
    function _redemption(Operation memory operation, KeyUsage usage) private pure returns (Redemption memory it) {
        it.account = operation.account;
        it.epoch = operation.settings.epoch();
        it.serial = operation.settings.serial();
        it.nonce = usage.serial() == it.serial ? usage.uses() : 0;
    }

    /// @dev Has the account make the calls. A failure is passed on as it is, and undoes the counting with everything
    /// else, whatever starved it.
    function _execute(address account, bytes32 mode, bytes calldata executionCalldata) private {
        bytes4 selector = IERC7579Execution.executeFromExecutor.selector;
        bool success;
        uint256 answer;
        // Assembly: encodes `executeFromExecutor(mode, executionCalldata)` beyond the free pointer and passes a revert
        // on unread. By way of Solidity the answer, which nobody needs, would be decoded and copied.
        assembly ("memory-safe") {
            let data := mload(0x40)
            let length := executionCalldata.length
            mstore(data, selector)
            mstore(add(data, 4), mode)
            mstore(add(data, 36), 64)
            mstore(add(data, 68), length)
            // Zeroes the padding, then all but the padding is overwritten.
            mstore(add(data, add(100, and(length, not(31)))), 0)
            calldatacopy(add(data, 100), executionCalldata.offset, length)
            success := call(gas(), account, 0, data, add(100, and(add(length, 31), not(31))), 0, 0)
            answer := returndatasize()
            if iszero(success) {
                returndatacopy(data, 0, answer)
                revert(data, answer)
            }
        }
        // An address without code "succeeds" and answers nothing; `bytes[]` takes two words at least.
        if (answer < 64) revert ExecutionUnanswered(account);
    }
}
