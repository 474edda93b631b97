// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// renounce
// ├── by the key's own EOA: the key is gone for that account, as after a revoke
// ├── works while the key is paused
// ├── keeps the same key of another account
// └── refuses anybody else, the account and the guardian too: they have no key of their own
contract RenounceTest is LifecycleTest {
    function test_byTheKey() public {
        vm.prank(key);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.KeyRevoked(ACCOUNT, keyId, 2);
        module.renounce(ACCOUNT);
        _isGone(2);
    }

    function test_paused() public {
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        vm.prank(key);
        module.renounce(ACCOUNT);
        _isGone(2);
    }

    function test_anotherAccount() public {
        _install(STRANGER, "");
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        vm.prank(key);
        module.renounce(STRANGER);
        _accepts(_ping());
    }

    function test_byNobodyElse() public {
        address[3] memory callers = [ACCOUNT, GUARDIAN, STRANGER];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(
                abi.encodeWithSelector(KeyNotGranted.selector, keccak256(abi.encodePacked(uint8(1), callers[i])))
            );
            module.renounce(ACCOUNT);
        }
        vm.prank(key);
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        module.renounce(STRANGER);
        _accepts(_ping());
    }
}
