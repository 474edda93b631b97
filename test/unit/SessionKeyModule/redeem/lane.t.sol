// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ACTIVE, COOLDOWN_IN_MINUTES, DIRECT_LANE, EXACT, MOVES_NOTHING, PAUSED} from "../../../utils/Codes.sol";
import {DirectLaneTest} from "../../../utils/DirectLaneTest.sol";

// redeem: is the lane open
// ├── the flag: a key granted without it is refused, and keeps the bundler lane
// │   └── it may stand beside minutes for the cooldown; other flags are still refused
// ├── installed as executor: each lane asks for its own
// │   ├── not as executor: refused, and the bundler lane works
// │   └── not as validator: a key can be granted, redeems, and has no bundler lane
// ├── pause of key and account, revoke, renounce, revokeAll: refused as in the bundler lane
// ├── a changed code where the policy pins it
// └── an account that executes nothing: without code, or with code that answers nothing
contract RedeemLaneTest is DirectLaneTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_flag() public {
        limits.flags = ACTIVE;
        _grant();
        _notRedeemable(_ping(), abi.encodeWithSelector(DirectLaneClosed.selector, keyId));
        _accepts(_ping());
        ++limits.serial;
        (limits.flags, limits.cooldown) = (ACTIVE | DIRECT_LANE | COOLDOWN_IN_MINUTES, 1);
        _grant();
        _redeemable(_ping());
    }

    function test_otherFlags() public {
        uint256[4] memory others = [uint256(PAUSED), 32, 64, 128];
        for (uint256 i; i < 4; ++i) {
            limits.flags = ACTIVE | DIRECT_LANE | others[i];
            _refusesGrant(abi.encodeWithSelector(FlagsInvalid.selector, limits.flags));
        }
        limits.flags = DIRECT_LANE;
        _refusesGrant(abi.encodeWithSelector(FlagsInvalid.selector, limits.flags));
        limits.flags = ACTIVE | DIRECT_LANE | COOLDOWN_IN_MINUTES;
        _refusesGrant(abi.encodeWithSelector(CooldownInvalid.selector));
    }

    function test_notAsExecutor() public {
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        limits.epoch = 3;
        _grant();
        _notRedeemable(_ping(), abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 2));
        _accepts(_ping());
    }

    function test_notAsValidator() public {
        _uninstallByAccount(ACCOUNT, 1, hex"01");
        limits.epoch = 3;
        _grant();
        _redeemable(_ping());
        _refuses(_ping(), abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_neither() public {
        _uninstallByAccount(ACCOUNT, 1, hex"01");
        _uninstallByAccount(ACCOUNT, 2, hex"02");
        limits.epoch = 4;
        _refusesGrant(abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_pauses() public {
        _grant();
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _notRedeemable(_ping(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resume(keyId);
        _notRedeemable(_ping(), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _redeemable(_ping());
    }

    function test_revokes() public {
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        _grantsNext();
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        ++limits.serial;
        _grantsNext();
        vm.prank(key);
        module.renounce(ACCOUNT);
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        ++limits.serial;
        _grant();
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _notRedeemable(_ping(), abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 2, 3));
    }

    function test_pinnedCode() public {
        pinnedCode = ACCOUNT.codehash;
        _grant();
        _redeemable(_ping());
        bytes32 pinned = ACCOUNT.codehash;
        vm.etch(ACCOUNT, hex"00");
        _notRedeemable(_ping(), abi.encodeWithSelector(AccountCodeChanged.selector, pinned, ACCOUNT.codehash));
    }

    function test_nothingExecutes() public {
        _grant();
        // No code; STOP; one word as the answer; two words, as of an empty list.
        bytes[3] memory codes = [bytes(""), hex"00", hex"60205ff3"];
        bytes memory problem = abi.encodeWithSelector(ExecutionUnanswered.selector, ACCOUNT);
        for (uint256 i; i < 3; ++i) {
            vm.etch(ACCOUNT, codes[i]);
            Redemption memory it = _redemption(_ping());
            bytes memory context = _signedContext(it);
            _refusesRelay(it, context, problem);
        }
        assertEq(_state().usage.uses(), 0, "nothing counted");
        vm.etch(ACCOUNT, hex"60405ff3");
        _redeem(_redemption(_ping()));
    }
}
