// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, MOVES_NOTHING} from "./Codes.sol";
import {Call} from "./OperationBytes.sol";
import {PolicyBytes} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests of `update`: a key that pings, pays value and pays two tokens, whatever the meters are.
abstract contract UpdateTest is SessionKeyTest {
    address internal constant OTHER = address(uint160(uint256(keccak256("other token"))));

    /// @dev Of the policy that is stored, as the fixture moves on to the next one.
    bytes internal oldHeader;
    bytes32 internal oldPermissionsRoot;

    /// @notice The permissions that the fixture's meters allow.
    function _permitAll() internal {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(type(uint128).max));
        for (uint256 i; i < meters.length; ++i) _permit(EXACT, CHARGED, meters[i].token, TRANSFER);
    }

    /// @notice Grants the fixture, as what a later update replaces.
    function _start() internal {
        _permitAll();
        _grant();
        _remember();
    }

    /// @notice Updates to the fixture as it is now.
    function _update() internal {
        _permitAll();
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldPermissionsRoot);
        _remember();
    }

    function _refusesUpdate(bytes memory problem) internal {
        vm.prank(ACCOUNT);
        vm.expectRevert(problem);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, oldPermissionsRoot);
    }

    function _remember() internal {
        oldHeader = _header();
        oldPermissionsRoot = _permissionsRoot();
    }

    /// @notice Pays with the first permission for `token`.
    function _pay(address token, uint256 amount) internal view returns (Call memory) {
        uint256 i;
        while (permissions[i].target != token) ++i;
        return Call(token, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, amount), i);
    }

    function _fund(uint256 value) internal pure returns (Call memory call) {
        call = _ping();
        call.value = value;
    }

    /// @notice The block's time moves on, and the window of operations with it.
    function _at(uint256 time) internal {
        vm.warp(time);
        _window(time, time + 59);
    }
}
