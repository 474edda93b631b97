// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrames} from "../interfaces/ISessionKeyFrames.sol";
import {FrameHost} from "./FrameHost.sol";
// solhint-disable-next-line no-unused-import
import {EXTRA_FRAME, EXTRA_REDEMPTION, Operation, OPERATION_LENGTH} from "./Operation.sol";
import {RareRules} from "./RareRules.sol";

/// @title What validation does for the frame of a measured key's operation
/// @notice Leaves the ends of the frame out of the calls that permissions cover, notes what the others charge before gas is
/// charged, and hands all of it to {SessionKeyFrames}: that holds the ends to their one form, and leaves in transient
/// storage what `open` and `close` will need.
/// @dev An operation that is not measured runs none of this. The module is near its size limit: what can be done
/// elsewhere is.
abstract contract Framing is FrameHost, RareRules {
    /// @dev `open`, `close`, and something between them.
    uint256 private constant LEAST_CALLS = 3;
    /// @dev Where in `extras` the draft's position in memory stands.
    uint256 private constant DRAFT_SHIFT = 32;

    /// @inheritdoc RareRules
    /// @dev Only a measured operation's first and last call may go to the module. Of what form they are, {SessionKeyFrames}
    /// asks.
    function _isFrameEnd(Operation memory operation, uint256 callIndex, uint256 count, address target)
        internal
        view
        override
        returns (bool)
    {
        // Unchecked: at least three calls, so that some call is one that a permission covers.
        unchecked {
            if (
                operation.extras & (EXTRA_FRAME | EXTRA_REDEMPTION) != EXTRA_FRAME || target != address(this)
                    || count < LEAST_CALLS || (callIndex != 0 && callIndex + 1 != count)
            ) return false;
            operation.calls = count - 2;
            return true;
        }
    }

    /// @inheritdoc RareRules
    /// @dev With them: {_isFrameEnd} is asked when they are met.
    function _openFrame(
        Operation memory,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata
    )
        internal
        pure
        override
        returns (bytes calldata rest, uint256 end, uint256 start)
    {
        return (executions, count, next);
    }

    /// @dev Notes what the calls charge, and all else that {SessionKeyFrames-stage} takes but what is not yet known.
    /// @param next where the walk over the calls starts.
    function _draftFrame(
        Operation memory operation,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata header
    ) internal pure {
        (uint256 native, uint256 first, uint256[] memory meters) =
            (operation.native, operation.firstMeter, operation.meters);
        uint256 draft;
        // Assembly: length · `selector · operation · words below · meters twice · header · executions` in one go;
        // encoders would
        // take much more of a contract that is near its limit. These bytes never leave the module.
        assembly ("memory-safe") {
            draft := mload(0x40)
            let position := add(draft, add(36, OPERATION_LENGTH))
            let size := shl(5, mload(meters))
            mstore(position, header.length)
            mstore(add(position, 32), executions.length)
            mstore(add(position, 64), count)
            mstore(add(position, 96), next)
            mstore(add(position, 128), native)
            mstore(add(position, 160), first)
            position := add(position, 192)
            mcopy(position, add(meters, 32), size)
            position := add(position, shl(1, size))
            calldatacopy(position, header.offset, header.length)
            position := add(position, header.length)
            // With the mode, of an operation: it stands 96 bytes in front of the executions.
            calldatacopy(position, sub(executions.offset, 96), add(executions.length, 96))
            position := add(position, add(executions.length, 96))
            mstore(draft, sub(position, add(draft, 32)))
            mstore(0x40, position)
        }
        // A position in memory is far below 2^224.
        operation.extras |= draft << DRAFT_SHIFT;
    }

    /// @inheritdoc RareRules
    /// @dev From the draft.
    function _stageFrame(Operation memory operation, bytes32, bytes calldata) internal override {
        (uint256 data, uint256 length) = _frameQuestion(operation, ISessionKeyFrames.stage.selector);
        address frames = address(_FRAMES);
        // Assembly: runs the frames' code in this contract's storage, and passes a revert on.
        assembly ("memory-safe") {
            if iszero(delegatecall(gas(), frames, data, length, 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @dev Holds a drafted frame to the form that staging it asks for.
    function _checkFrame(Operation memory operation) internal view {
        (uint256 data, uint256 length) = _frameQuestion(operation, ISessionKeyFrames.checkFrame.selector);
        address frames = address(_FRAMES);
        // Assembly: as above, but that it only looks.
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), frames, data, length, 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @dev The draft with what was left open.
    /// @return data where in memory the call data is, of `length` bytes.
    function _frameQuestion(Operation memory operation, bytes4 selector)
        private
        pure
        returns (uint256 data, uint256 length)
    {
        data = operation.extras >> DRAFT_SHIFT;
        uint256[] memory meters = operation.meters;
        // Assembly: the draft is no Solidity type.
        assembly ("memory-safe") {
            let size := shl(5, mload(meters))
            length := mload(data)
            data := add(data, 32)
            mstore(data, selector)
            mcopy(add(data, 4), operation, OPERATION_LENGTH)
            mcopy(add(data, add(add(196, OPERATION_LENGTH), size)), add(meters, 32), size)
        }
    }
}
