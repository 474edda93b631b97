// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: who asks, and is the key alive
// ├── refuses a caller that is not the operation's sender
// ├── refuses when the account has not installed the module, or no longer
// ├── refuses a key that was never granted, to this account or at all
// ├── refuses a revoked key
// ├── refuses a key of an earlier epoch, naming both
// ├── account paused: refuses; resumed: allows
// ├── key paused: refuses; resumed: allows
// └── pinned code
//     ├── allows the code that the header names
//     └── refuses any other
contract ValidateKeyTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_callerIsTheAccount() public {
        _grant();
        Draft memory draft = _draft(_ping());
        bytes memory call = abi.encodeCall(module.validateUserOp, (_signed(draft), bytes32(0)));
        address[3] memory callers = [STRANGER, key, address(module)];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, callers[i]));
            (bool sent,) = address(module).call(call);
            sent;
        }
    }

    function test_moduleIsInstalled() public {
        _grant();
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _refuses(_ping(), abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_neverInstalled() public {
        Draft memory draft = _draft(_ping());
        draft.op.sender = STRANGER;
        _refuses(draft, abi.encodeWithSelector(ModuleNotInstalled.selector, STRANGER, 1));
    }

    function test_neverGranted() public {
        _refuses(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_grantedToAnotherAccount() public {
        _grant();
        _install(STRANGER, "");
        Draft memory draft = _draft(_ping());
        draft.op.sender = STRANGER;
        _refuses(draft, abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_revoked() public {
        _grant();
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _refuses(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_earlierEpoch() public {
        _grant();
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
    }

    function test_earlierEpochAfterReinstall() public {
        _grant();
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _install(ACCOUNT, "");
        _refuses(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 3));
    }

    function test_accountPaused() public {
        _grant();
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _refuses(_ping(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _accepts(_ping());
    }

    function test_keyPaused() public {
        _grant();
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _refuses(_ping(), abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(ACCOUNT);
        module.resume(keyId);
        _accepts(_ping());
    }

    function test_pinnedCode() public {
        pinnedCode = keccak256(hex"6001");
        vm.etch(ACCOUNT, hex"6001");
        _grant();
        _accepts(_ping());
        vm.etch(ACCOUNT, hex"6002");
        _refuses(_ping(), abi.encodeWithSelector(AccountCodeChanged.selector, pinnedCode, keccak256(hex"6002")));
    }
}
