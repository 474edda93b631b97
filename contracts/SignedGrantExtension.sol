// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ConditionEngine} from "./conditions/ConditionEngine.sol";
import {IConditionEngine} from "./interfaces/IConditionEngine.sol";
import {CarriedGrants} from "./module/CarriedGrants.sol";
import {ConditionHost} from "./module/ConditionHost.sol";
import {Evaluation} from "./module/Evaluation.sol";
import {Operation} from "./module/Operation.sol";
import {Previewing} from "./module/Previewing.sol";
import {UserOperations} from "./module/UserOperations.sol";
import {KeySettings} from "./policy/KeySettings.sol";

/// @title What the owner of an account signs off chain, as {SessionKeyModule} does it
/// @notice Run by the module, in the module's storage, for operations that carry their own grant, their dry run, and what
/// anyone may submit. Has the rule engine a second time, so that the two other contracts have room.
contract SignedGrantExtension is Previewing, CarriedGrants {
    /// @dev The engine is created here: where this contract has the same address on every chain, it has too.
    constructor() ConditionHost(new ConditionEngine()) {}

    /// @notice The stateless contract that holds rare argument conditions, and checks all of them when they are granted.
    function conditionEngine() external view returns (IConditionEngine) {
        return _CONDITION_ENGINE;
    }

    /// @inheritdoc CarriedGrants
    function _open(Operation memory operation, bytes calldata signature)
        internal
        view
        override(UserOperations, CarriedGrants)
        returns (bytes calldata, bytes calldata, bytes calldata, uint256)
    {
        return CarriedGrants._open(operation, signature);
    }

    /// @inheritdoc CarriedGrants
    function _settingsOf(Operation memory operation, SessionKey storage key)
        internal
        view
        override(Evaluation, CarriedGrants)
        returns (KeySettings)
    {
        return CarriedGrants._settingsOf(operation, key);
    }

    /// @inheritdoc CarriedGrants
    function _policyRootOf(Operation memory operation, SessionKey storage key)
        internal
        view
        override(Evaluation, CarriedGrants)
        returns (bytes32)
    {
        return CarriedGrants._policyRootOf(operation, key);
    }
}
