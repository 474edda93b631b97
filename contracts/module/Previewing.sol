// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {ISessionKeyExtension} from "../interfaces/ISessionKeyExtension.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {KeySettings} from "../policy/KeySettings.sol";
import {KeyUsage} from "../policy/KeyUsage.sol";
import {MeterWord} from "../policy/MeterWord.sol";
import {Periods} from "../policy/Periods.sol";
import {PolicyHeader} from "../policy/PolicyHeader.sol";
import {Cosigning} from "./Cosigning.sol";
import {FullRules} from "./FullRules.sol";
import {CeilingCharge, EXTRA_FRAME, Operation} from "./Operation.sol";
import {OperationDigest} from "./OperationDigest.sol";
import {UserOperations} from "./UserOperations.sol";

/// @title The dry run: what an operation would be charged, or why it would be refused
abstract contract Previewing is UserOperations, FullRules, OperationDigest, Cosigning, ISessionKeyExtension {
    using CalldataWord for bytes;
    using PolicyHeader for bytes;

    /// @inheritdoc ISessionKeyExtension
    function preview(PackedUserOperation calldata userOp) external view override returns (Preview memory) {
        Operation memory operation;
        operation.account = userOp.sender;
        (,, bytes calldata header,) = _evaluate(operation, userOp);
        if (operation.extras & EXTRA_FRAME != 0) _checkFrame(operation);
        return _figures(operation, header);
    }

    /// @inheritdoc ISessionKeyExtension
    function operationDigest(bytes32 userOpHash, uint256 validAfter, uint256 validUntil, bytes calldata evidence)
        external
        view
        override
        returns (bytes32)
    {
        return _operationDigest(userOpHash, validAfter, validUntil, evidence.hash());
    }

    /// @dev The ceilings that the operation charges; those it leaves alone are told by {ISessionKeyAdministration-ceiling}.
    function _previewCeilings(Operation memory operation) private pure returns (CeilingPreview[] memory previews) {
        uint256 count;
        for (uint256 i; i < operation.ceilings.length; ++i) if (_isCharged(operation.ceilings[i])) ++count;
        previews = new CeilingPreview[](count);
        for (uint256 i = operation.ceilings.length; i > 0; --i) {
            CeilingCharge memory entry = operation.ceilings[i - 1];
            if (!_isCharged(entry)) continue;
            uint256 period = entry.limit.period();
            uint256 used = period == Periods.OPERATION ? entry.charge : entry.word.spent();
            uint256 cap = entry.limit.cap();
            previews[--count] = CeilingPreview(entry.token, period, cap, entry.charge, _saturatingSub(cap, used));
        }
    }

    function _isCharged(CeilingCharge memory entry) private pure returns (bool) {
        return entry.limit.isSet() && entry.charge != 0;
    }

    /// @dev What meter `i` will have spent in the operation's window.
    function _meterUsed(Operation memory operation, bytes calldata header, uint256 i) private view returns (uint256) {
        uint256 period = header.meterPeriod(i);
        if (i == 0) return period == Periods.OPERATION ? operation.firstMeter : operation.usage.meterSpent();
        if (period == Periods.OPERATION) return operation.meters[i];
        if (operation.meters[i] != 0) return operation.words[i].spent();
        MeterWord word = _meters[_meterIdOf(operation, header, i)][operation.account];
        bool ended = word.period() == period && word.windowIndex() < Periods.index(period, operation.validUntil);
        return ended ? 0 : word.spent();
    }

    /// @dev What an evaluated operation charges and leaves.
    function _figures(Operation memory operation, bytes calldata header) internal view returns (Preview memory result) {
        KeySettings settings = operation.settings;
        KeyUsage usage = operation.usage;
        result.keyId = operation.keyId;
        result.validAfter = operation.validAfter;
        result.validUntil = operation.validUntil;
        result.calls = operation.calls;
        // A native charge that passed is at most a 56-bit cap.
        result.nativeCharge = (operation.native + GWEI - 1) / GWEI * GWEI;
        uint256 nativeUsed =
            settings.nativePeriod() == Periods.OPERATION ? result.nativeCharge : usage.nativeSpent() * GWEI;
        result.nativeLeft = _saturatingSub(settings.nativeCap() * GWEI, nativeUsed);
        result.rateLeft =
            settings.rateLimit() == 0 ? type(uint256).max : _saturatingSub(settings.rateLimit(), usage.rateCount());
        result.usesLeft =
            settings.maxUses() == 0 ? type(uint256).max : _saturatingSub(settings.maxUses(), usage.uses());
        result.needsCosignature = _passedThreshold(operation, header) != 0;
        uint256 meterCount = header.meterCount();
        result.meterCharges = new uint256[](meterCount);
        result.meterLeft = new uint256[](meterCount);
        for (uint256 i; i < meterCount; ++i) {
            result.meterCharges[i] = i == 0 ? operation.firstMeter : operation.meters[i];
            result.meterLeft[i] = _saturatingSub(header.meterCap(i), _meterUsed(operation, header, i));
        }
        result.ceilings = _previewCeilings(operation);
    }
}
