// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, MOVES_NOTHING} from "./Codes.sol";
import {ConditionBytes as C} from "./ConditionBytes.sol";
import {Call} from "./OperationBytes.sol";
import {PolicyBytes} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests of conditions: one permission, whose conditions a test grants and then holds calls against.
abstract contract ConditionTest is SessionKeyTest {
    /// @dev What the calls of the tests carry, in wei.
    uint256 internal constant CARRIED = 5;

    function setUp() public virtual override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
    }

    /// @notice Grants a policy whose one permission has this body.
    function _rules(bytes memory body) internal {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
        _grantsNext();
    }

    /// @notice Grants one clause of one comparison; calls may carry value.
    function _rule(bytes memory comparison) internal {
        _rules(PolicyBytes.body(uint128(CARRIED), _one(C.clause(comparison))));
    }

    function _one(bytes memory clause) internal pure returns (bytes[] memory clauses) {
        clauses = new bytes[](1);
        clauses[0] = clause;
    }

    /// @param arguments without the selector.
    function _allows(bytes memory arguments) internal {
        _accepts(Call(APP, CARRIED, abi.encodePacked(PING, arguments), 0));
    }

    function _denies(bytes memory arguments, bytes memory problem) internal {
        _refuses(Call(APP, CARRIED, abi.encodePacked(PING, arguments), 0), problem);
    }

    /// @notice Refused by the only clause, which found `value`.
    function _fails(bytes memory arguments, uint256 value) internal {
        _denies(arguments, _failed(value));
    }

    function _failed(uint256 value) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ConditionFailed.selector, 0, 0, value);
    }

    function _words(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory list) {
        list = new uint256[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
