// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ConditionCall, IConditionEngine} from "../interfaces/IConditionEngine.sol";
import {Comparisons} from "./Comparisons.sol";
import {ConditionChecks} from "./ConditionChecks.sol";

/// @title The stateless engine of argument conditions
contract ConditionEngine is IConditionEngine {
    /// @inheritdoc IConditionEngine
    function enforce(bytes calldata body, bytes calldata data, bytes calldata proofs, ConditionCall calldata call_)
        external
        pure
        override
        returns (uint256 end, uint256 proofsUsed)
    {
        return Comparisons.enforce(body, data, proofs, call_);
    }

    /// @inheritdoc IConditionEngine
    function read(
        bytes calldata body,
        uint256 start,
        uint256 end,
        bytes calldata data,
        uint256 callIndex,
        uint256 value
    ) external pure override returns (uint256 word) {
        return Comparisons.readWord(body, start, end, data, callIndex, value);
    }

    /// @inheritdoc IConditionEngine
    function check(bytes calldata body, uint256 offset, uint256 index, uint256 wanted)
        external
        pure
        override
        returns (uint256 end, bool pinned, bool sets)
    {
        return ConditionChecks.check(body, offset, index, wanted);
    }

    /// @inheritdoc IConditionEngine
    function checkPath(bytes calldata body, uint256 start, uint256 end, uint256 index) external pure override {
        ConditionChecks.checkAmountPath(body, start, end, index);
    }
}
