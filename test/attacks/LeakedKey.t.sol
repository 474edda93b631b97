// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Call} from "../utils/OperationBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// The key has leaked, and the owner's side fights back
// ├── the guardian stops it from a plain transaction: pause, revoke, or all keys at once
// ├── a thief as guardian can stop keys, and nothing else: neither resume, nor grant, nor move the guardian
// ├── a revoked key comes back by none of its old grants
// └── an update that raises the cap gives the difference, however late the thief spends before it
contract LeakedKeyAttack is AgentTest {
    function test_guardianStopsIt() public {
        _accepts(_approve(ROUTER, 1));
        vm.prank(GUARDIAN);
        module.pause(ACCOUNT, keyId);
        _refuses(_approve(ROUTER, 1), abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(GUARDIAN);
        module.revokeAll(ACCOUNT);
        _refuses(_approve(ROUTER, 1), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
        vm.prank(GUARDIAN);
        module.revoke(ACCOUNT, keyId);
        _refuses(_approve(ROUTER, 1), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_thiefAsGuardian() public {
        vm.startPrank(GUARDIAN);
        module.pause(ACCOUNT, keyId);
        module.pauseAccount(ACCOUNT);
        // What the guardian resumes or sets is its own account's.
        vm.expectRevert(abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        module.resume(keyId);
        module.resumeAccount();
        module.setGuardian(THIEF);
        vm.expectRevert(abi.encodeWithSelector(ModuleNotInstalled.selector, GUARDIAN, 1));
        module.grant(signer, _settings(), _header(), _permissions());
        vm.stopPrank();
        assertTrue(_state().control.isPaused(), "still paused");
        assertTrue(_state().settings.isPaused(), "still paused");
        assertEq(_state().control.guardian(), GUARDIAN, "still the guardian");
    }

    function test_oldGrants() public {
        bytes memory first = abi.encodeCall(module.grant, (signer, _settings(), _header(), _permissions()));
        limits.serial = 2;
        bytes memory prepared = abi.encodeCall(module.grant, (signer, _settings(), _header(), _permissions()));
        vm.prank(GUARDIAN);
        module.revoke(ACCOUNT, keyId);
        _refusesFromAccount(first, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 3));
        _refusesFromAccount(prepared, abi.encodeWithSelector(GrantOutdated.selector, 1, 2, 1, 3));
    }

    function test_spendsJustBeforeTheUpdate() public {
        _accepts(_approve(ROUTER, CAP));
        bytes memory header = _header();
        meters[0].cap = uint128(CAP + 10);
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), header, _permissionsRoot());
        Call memory call = _approve(ROUTER, 11);
        _refuses(
            call,
            abi.encodeWithSelector(SpendingLimitExceeded.selector, USDC, 0, CAP + 10, CAP, 11, MIDNIGHT)
        );
        _accepts(_approve(ROUTER, 10));
    }

    function _refusesFromAccount(bytes memory call, bytes memory problem) private {
        vm.prank(ACCOUNT);
        (bool done, bytes memory result) = address(module).call(call);
        assertFalse(done, "refused");
        assertEq(result, problem, "problem");
    }
}
