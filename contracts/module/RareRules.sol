// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Operation} from "./Operation.sol";

/// @title What the rule engine asks about operations that are not of the common kind
/// @notice {FullRules} knows all of it. {PlainRules} knows what the module's own code has room for, and leaves every other
/// operation to the extension.
/// @dev What only {FullRules} can reach does nothing in {PlainRules}: the operation has gone elsewhere before.
abstract contract RareRules {
    /// @dev The account has ceilings.
    function _meetCeilings(Operation memory operation) internal view virtual;

    /// @dev Adds `amount` to what the operation charges to the ceiling of `token`, if there is one.
    function _chargeCeiling(Operation memory operation, address token, uint256 amount) internal view virtual;

    /// @dev Holds the operation against every ceiling that it charges, and works out their counters as they will be.
    function _weighCeilings(Operation memory operation) internal view virtual;

    /// @dev Writes what {_weighCeilings} worked out.
    function _commitCeilings(Operation memory operation) internal virtual;

    /// @dev What a header says beyond meters, paymasters, co-signer and pinned code.
    function _applyRareSections(Operation memory operation, bytes calldata header, uint256 sections)
        internal
        view
        virtual;

    /// @dev A measured operation's calls, before they are looked at one by one: with the ends of the frame, or without
    /// them.
    /// @param executions,count,next as {ExecutionDecoder} opens them.
    /// @param header not yet proven to be the policy's.
    /// Leaves in `operation.calls` how many calls in front are not to be looked at.
    /// @return rest what holds the calls up to `end`, the walk starting at `start`.
    function _openFrame(
        Operation memory operation,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata header
    )
        internal
        view
        virtual
        returns (bytes calldata rest, uint256 end, uint256 start);

    /// @dev Whether call `callIndex`, which goes to a target that no policy allows, is an end of a measured operation's
    /// frame. It is no call then that counts.
    function _isFrameEnd(Operation memory operation, uint256 callIndex, uint256 count, address target)
        internal
        view
        virtual
        returns (bool);

    /// @dev What is asked about every call beside its permission. Every lane asks it after the calls were evaluated, and
    /// before gas is charged, where `extras` has a bit of {EXTRA_CALLS}.
    /// @param executions,count,next as {ExecutionDecoder} opens them.
    function _inspectCalls(
        Operation memory operation,
        bytes calldata executions,
        uint256 count,
        uint256 next,
        bytes calldata header
    ) internal view virtual;

    /// @dev Leaves for the frame of a measured key's operation what it will need, with all that was charged.
    function _stageFrame(Operation memory operation, bytes32 policyRoot, bytes calldata header) internal virtual;
}
