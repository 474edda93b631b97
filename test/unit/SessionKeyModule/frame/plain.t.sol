// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY} from "../../../utils/Codes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// The two ways of a frame: the module's own, and the long one through all that a frame could need
// ├── something else of the account was written in between: the long way, with the same charges and the same refusals
// ├── granted anew over the live key in between: refused, without a revoke too
// ├── renounced, or put under a ceiling, in between
// ├── a balance that does not fit half a word: measured to the unit
// ├── native alone, without any meter
// ├── opened the long way, closed while nothing is wrong, and the other way round
// └── exactly what validation charged: nothing is added; one unit more: it is
contract PlainFrameTest is FrameTest {
    function setUp() public override {
        super.setUp();
        _grant();
    }

    /// @dev Validates, writes something of the account's that does not concern the key, runs.
    function _passesTouched(Draft memory draft) private {
        _accepts(draft);
        _touch();
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(answer, "", "revert data");
        assertTrue(success, "runs");
    }

    function _touch() private {
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
    }

    function _reverts(Draft memory draft, bytes memory problem) private {
        (bool success, bytes memory answer) = _execute(draft);
        assertFalse(success, "runs");
        assertEq(answer, problem, "revert data");
    }

    function test_bothWaysChargeTheSame() public {
        _passes(_framed(_pull(30)));
        assertEq(_tokenSpent(), 30, "the module's way");
        _passesTouched(_framed(_pull(30)));
        assertEq(_tokenSpent(), 60, "the long way");
        _passesTouched(_framed(_transfer(40)));
        assertEq(_tokenSpent(), 100, "charged by validation alone");
        Draft memory draft = _framed(_pull(1));
        _accepts(draft);
        _touch();
        _reverts(draft, _overCap(100, 1));
        _fails(_framed(_pull(1)), _overCap(100, 1));
    }

    function test_regrantedOver() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        limits.serial = 2;
        _grant();
        _reverts(draft, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 2));
    }

    function test_renounced() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(key);
        module.renounce(ACCOUNT);
        _reverts(draft, abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_pausedAndResumed() public {
        Draft memory draft = _framed(_pull(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        module.resume(keyId);
        (bool success,) = _execute(draft);
        assertTrue(success, "alive again");
        assertEq(_tokenSpent(), 10, "measured");
    }

    function test_ceilingInBetween() public {
        Draft memory draft = _framed(_pull(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.setCeiling(TOKEN, DAY, 5);
        (bool success,) = _execute(draft);
        assertTrue(success, "validated before there was one");
        assertEq(_tokenSpent(), 10, "measured");
    }

    function test_hugeBalance() public {
        METERED.mint(ACCOUNT, type(uint128).max);
        _passes(_framed(_pull(60)));
        assertEq(_tokenSpent(), 60, "measured");
        _fails(_framed(_pull(41)), _overCap(60, 41));
        _passes(_framed(_pull(40)));
    }

    /// @dev The largest that fits: one unit on either side goes another way, and shows nothing of it.
    function test_fuzz_aroundHalfAWord(uint256 extra) public {
        extra %= 3;
        METERED.mint(ACCOUNT, type(uint128).max - METERED.balanceOf(ACCOUNT) - 1 + extra);
        _passes(_framed(_pull(100)));
        assertEq(_tokenSpent(), 100, "measured");
        _fails(_framed(_pull(1)), _overCap(100, 1));
    }

    function test_nativeAlone() public {
        _passes(_framed(_throughRouter(0.5 ether, 0.25 ether)));
        assertEq(_state().usage.nativeSpent(), 0.5 ether / 1 gwei, "charged by validation, whatever came back");
    }

    function test_chargedAndOneMore() public {
        _passes(_framed(_transfer(20)));
        assertEq(_tokenSpent(), 20, "nothing is added");
        METERED.setFee(1);
        _passes(_framed(_transfer(20)));
        assertEq(_tokenSpent(), 41, "the unit more is");
    }
}
