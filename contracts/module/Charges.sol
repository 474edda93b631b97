// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Conditions} from "../conditions/Conditions.sol";
import {IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {NumberedMeters} from "../policy/NumberedMeters.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Operation} from "./Operation.sol";

/// @title What a permission charges to numbered meters
/// @dev Format: docs/WIRE-FORMAT.md, `charges`.
library Charges {
    using CalldataWord for bytes;
    using NumberedMeters for bytes;
    using PolicyHeader for bytes;

    uint256 internal constant SOURCE_COUNT = 1;
    uint256 internal constant SOURCE_VALUE = 2;
    uint256 internal constant SOURCE_AMOUNT = 3;

    /// @notice Adds to the meters what one call charges.
    /// @param body of a permission that was checked when it was granted.
    /// @param offset of `chargeCount` in `body`.
    function apply_(
        IConditionEngine engine,
        Operation memory operation,
        bytes calldata body,
        uint256 offset,
        uint256 callIndex,
        uint256 value,
        bytes calldata data
    ) internal pure {
        // Unchecked: at most 255 charges of at most 258 bytes, over a body whose form the grant has checked.
        unchecked {
            uint256 left = body.byteAt(offset++);
            for (; left > 0; --left) {
                uint256 meterIndex = body.byteAt(offset);
                uint256 source = body.byteAt(offset + 1);
                offset += 2;
                uint256 amount = 1;
                if (source == SOURCE_VALUE) {
                    amount = value;
                } else if (source == SOURCE_AMOUNT) {
                    uint256 start = offset + 1;
                    offset = start + body.byteAt(offset);
                    amount = Conditions.read(engine, body, start, offset, callIndex, value, data);
                }
                add(operation, meterIndex, amount);
            }
        }
    }

    /// @notice Adds 1 for each call to every meter that counts calls.
    function countCalls(Operation memory operation, bytes calldata header) internal pure {
        uint256 count = header.meterCount();
        for (uint256 i; i < count; ++i) {
            if (header.countsCalls(i)) add(operation, i, operation.calls);
        }
    }

    /// @notice Adds `amount` to the charge of one meter; a sum too large for a word is larger than every cap.
    function add(Operation memory operation, uint256 meterIndex, uint256 amount) internal pure {
        uint256 before = meterIndex == 0 ? operation.firstMeter : operation.meters[meterIndex];
        // Unchecked: an overflow is what is looked for.
        unchecked {
            amount += before;
            if (amount < before) amount = type(uint256).max;
        }
        if (meterIndex == 0) operation.firstMeter = amount;
        else operation.meters[meterIndex] = amount;
    }

    /// @notice Checks the form of the charges of `body` from `offset`, for a grant.
    /// @return end first offset behind them.
    function check(
        IConditionEngine engine,
        bytes calldata body,
        uint256 offset,
        uint256 permissionIndex,
        bytes calldata header
    ) internal pure returns (uint256 end) {
        if (offset >= body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
        uint256 count = body.byteAt(offset);
        if (count == 0) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, offset);
        end = offset + 1;
        for (uint256 i; i < count; ++i) {
            uint256 start = end;
            end += 2;
            if (end > body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, start);
            uint256 source = body.byteAt(start + 1);
            if (source == 0 || source > SOURCE_AMOUNT) {
                revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, start + 1);
            }
            if (source == SOURCE_AMOUNT) {
                uint256 path = end + 1;
                end = path + body.byteAt(end);
                if (end > body.length) revert ISessionKeyErrors.PermissionBodyMalformed(permissionIndex, start);
                engine.checkPath(body, path, end, permissionIndex);
            }
            uint256 meterIndex = body.byteAt(start);
            if (meterIndex >= header.meterCount() || !header.isNumbered(meterIndex) || header.countsCalls(meterIndex)) {
                revert ISessionKeyErrors.ChargeInvalid(permissionIndex, i, meterIndex);
            }
        }
    }
}
