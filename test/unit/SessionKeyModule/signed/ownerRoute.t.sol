// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// setOwnerRoute and the route in install data
// ├── stores any route of 0 to 31 bytes and tells it apart from none, emits it; refuses 32 bytes and the module itself
// ├── install data: route behind the guardian, of exactly the length it says
// ├── an install without a route leaves none, and so does an uninstall
// └── each account has its own
contract OwnerRouteTest is SessionKeyTest {
    function test_lengths() public {
        _is(ACCOUNT, false, "");
        bytes memory route;
        for (uint256 length; length < 32; ++length) {
            vm.expectEmit(true, true, true, true, address(module));
            emit ISessionKeyRecords.OwnerRouteSet(ACCOUNT, route);
            vm.prank(ACCOUNT);
            module.setOwnerRoute(route);
            _is(ACCOUNT, true, route);
            route = abi.encodePacked(route, uint8(0xff - length));
        }
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(OwnerRouteInvalid.selector, route));
        module.setOwnerRoute(route);
        _is(STRANGER, false, "");
    }

    function test_moduleItself() public {
        bytes memory route = abi.encodePacked(module, hex"01");
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(OwnerRouteInvalid.selector, route));
        module.setOwnerRoute(route);
    }

    function test_installData() public {
        _install(ACCOUNT, abi.encodePacked(GUARDIAN, uint8(0)));
        _is(ACCOUNT, true, "");
        assertEq(_state().control.guardian(), GUARDIAN, "guardian");
        _install(ACCOUNT, abi.encodePacked(GUARDIAN, uint8(20), APP));
        _is(ACCOUNT, true, abi.encodePacked(APP));
        _install(ACCOUNT, abi.encodePacked(GUARDIAN));
        _is(ACCOUNT, false, "");
    }

    function test_installDataMalformed() public {
        _refusesInstall(abi.encodePacked(uint8(1), GUARDIAN, uint8(1)), 22);
        _refusesInstall(abi.encodePacked(uint8(1), GUARDIAN, uint8(0), uint8(0)), 23);
        _refusesInstall(abi.encodePacked(uint8(1), GUARDIAN, uint8(19), APP), 42);
    }

    function test_uninstall() public {
        vm.prank(ACCOUNT);
        module.setOwnerRoute("");
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _is(ACCOUNT, false, "");
    }

    function _refusesInstall(bytes memory data, uint256 length) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(InstallDataMalformed.selector, length));
        module.onInstall(data);
    }

    function _is(address account, bool isSet, bytes memory route) private view {
        (bool found, bytes memory stored) = module.ownerRoute(account);
        assertEq(found, isSet, "set");
        assertEq(stored, route, "route");
    }
}
