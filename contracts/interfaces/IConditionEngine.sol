// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The call that conditions are held against, and where among them to go on.
/// @param callIndex of the operation, for errors.
/// @param value wei that the call carries.
/// @param account whose operation it is.
/// @param offset of the first clause to hold, in the body.
/// @param clauseIndex that clause's place among all of the body's, from 0.
/// @param clausesLeft how many there are from it on.
/// @param proofsUsed bytes of set proofs that earlier clauses have used.
struct ConditionCall {
    uint256 callIndex;
    uint256 value;
    address account;
    uint256 offset;
    uint256 clauseIndex;
    uint256 clausesLeft;
    uint256 proofsUsed;
}

/// @title Every path and operator of argument conditions
/// @notice Stateless. The module asks it for what it does not decide itself: rare steps and operators, why a condition
/// fails, and whether conditions may be granted. Refuses with the errors of {ISessionKeyErrors}.
interface IConditionEngine {
    /// @notice Holds clauses of a body against a call, or reverts.
    /// @param body of a permission that was checked by {check}.
    /// @param data the call's data, selector included.
    /// @param proofs set proofs of the leaf, one behind the other.
    /// @return end first offset behind the conditions.
    /// @return proofsUsed bytes of `proofs` used so far.
    function enforce(bytes calldata body, bytes calldata data, bytes calldata proofs, ConditionCall calldata call_)
        external
        pure
        returns (uint256 end, uint256 proofsUsed);

    /// @notice The word that the path from `start` to `end` of `body` finds, or reverts.
    /// @param body of a permission whose path was checked by {checkPath}.
    function read(
        bytes calldata body,
        uint256 start,
        uint256 end,
        bytes calldata data,
        uint256 callIndex,
        uint256 value
    ) external pure returns (uint256 word);

    /// @notice Checks conditions that are to be granted, or reverts.
    /// @param offset of the conditions in `body`.
    /// @param index of the permission, for errors.
    /// @param wanted an argument word index to look for.
    /// @return end first offset behind the conditions.
    /// @return pinned whether some clause allows the wanted word only one value.
    /// @return sets whether some comparison asks for a set proof.
    function check(bytes calldata body, uint256 offset, uint256 index, uint256 wanted)
        external
        pure
        returns (uint256 end, bool pinned, bool sets);

    /// @notice Checks a path that is to be granted as an amount's source: it must end in one word of unsigned kind.
    /// Reverts otherwise.
    function checkPath(bytes calldata body, uint256 start, uint256 end, uint256 index) external pure;
}
