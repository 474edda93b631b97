// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyRecords} from "../../../contracts/interfaces/ISessionKeyRecords.sol";
import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// revokeAll
// ├── by the account, and by its guardian: every key dies, in one write, and says which epoch lives
// ├── a grant prepared before it is dead; one for the new epoch works, and starts fresh
// ├── keeps guardian, pause and installation
// ├── no other account is touched
// ├── at the last epoch: refused, by name
// └── refuses everybody else
contract RevokeAllTest is LifecycleTest {
    function test_byAccount() public {
        _revokesAll(ACCOUNT);
    }

    function test_byGuardian() public {
        _revokesAll(GUARDIAN);
    }

    function test_preparedGrants() public {
        _accepts(_transferring(100));
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        limits.serial = 2;
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 2, 2));
        module.grant(signer, _settings(), _header(), _permissions());
        limits.epoch = 2;
        _grant();
        _accepts(_transferring(100));
    }

    function test_keepsTheRest() public {
        vm.prank(GUARDIAN);
        module.pauseAccount(ACCOUNT);
        uint256 before = _controlWord();
        vm.prank(GUARDIAN);
        module.revokeAll(ACCOUNT);
        assertEq(_controlWord(), before + (1 << 160), "the epoch alone");
    }

    function test_noOtherAccount() public {
        vm.prank(STRANGER);
        module.revokeAll(STRANGER);
        _accepts(_ping());
    }

    function test_lastEpoch() public {
        _setEpoch(ACCOUNT, 2 ** 32 - 1);
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(EpochExhausted.selector, 2 ** 32 - 1));
        module.revokeAll(ACCOUNT);
    }

    function test_byNobodyElse() public {
        _refusesOutsiders(abi.encodeCall(module.revokeAll, (ACCOUNT)));
    }

    function _revokesAll(address caller) private {
        bytes memory other = abi.encodePacked(uint8(1), STRANGER);
        vm.prank(ACCOUNT);
        module.grant(other, _settings(), _header(), _permissions());
        vm.record();
        vm.prank(caller);
        vm.expectEmit(true, true, true, true, address(module));
        emit ISessionKeyRecords.AllKeysRevoked(ACCOUNT, 2);
        module.revokeAll(ACCOUNT);
        (, bytes32[] memory writes) = vm.accesses(address(module));
        assertEq(writes.length, 1, "one write");
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
        signer = other;
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keccak256(other), 1, 2));
    }
}
