// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, LIFETIME, MINUTE, MONTH, MOVES_NOTHING, NEVER, OPERATION} from "../../utils/Codes.sol";
import {Call} from "../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../utils/SessionKeyTest.sol";

// setCeiling
// ├── sets, changes and lifts the calling account's own ceiling, tells it by event and view, and counts them
// ├── refuses a cap without period, a period without cap, an unknown period, and a cap past 128 bits
// ├── another cap keeps what was spent; below it, nothing is left
// ├── another period takes over what is live, and drops what has ended
// ├── lifted and set again inside the window it has not forgotten; nor over an OPERATION in between
// └── it outlives revokeAll and an uninstall; the flag goes with the last one
contract SetCeilingTest is SessionKeyTest {
    event CeilingSet(address indexed account, address indexed token, uint256 period, uint256 cap);

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1e18));
        _grant();
    }

    function test_setsChangesLifts() public {
        vm.expectEmit(true, true, false, true, address(module));
        emit CeilingSet(ACCOUNT, TOKEN, DAY, 5);
        _set(TOKEN, DAY, 5);
        _is(TOKEN, DAY, 5, 1);
        _set(address(0), LIFETIME, type(uint128).max);
        _is(address(0), LIFETIME, type(uint128).max, 2);
        _set(TOKEN, OPERATION, 1);
        _is(TOKEN, OPERATION, 1, 2);
        _set(TOKEN, 0, 0);
        _is(TOKEN, 0, 0, 1);
        _set(TOKEN, 0, 0);
        _is(TOKEN, 0, 0, 1);
        _set(address(0), 0, 0);
        _is(address(0), 0, 0, 0);
        (uint256 period, uint256 cap,,) = module.ceiling(STRANGER, TOKEN);
        assertEq(period + cap, 0, "nobody else's");
    }

    function test_refuses() public {
        _refusesCeiling(0, 1);
        _refusesCeiling(DAY, 0);
        _refusesCeiling(LIFETIME + 1, 1);
        _refusesCeiling(type(uint256).max, 1);
        _refusesCeiling(DAY, 2 ** 128);
    }

    function test_anotherCap() public {
        _set(address(0), DAY, 100);
        _accepts(_pay(60));
        _set(address(0), DAY, 70);
        _left(70, 60, NOON + 12 hours);
        _set(address(0), DAY, 50);
        _refuses(_pay(1), _over(50, 60, 1, NOON + 12 hours));
        _accepts(_pay(0));
    }

    function test_anotherPeriod() public {
        _set(address(0), DAY, 100);
        _accepts(_pay(60));
        _set(address(0), MONTH, 100);
        _left(100, 60, NOON + 13 days + 12 hours);
        _set(address(0), MINUTE, 100);
        _left(100, 60, NOON + 60);
        vm.warp(NOON + 60);
        _window(NOON + 60, NOON + 119);
        _set(address(0), DAY, 100);
        _left(100, 0, NOON + 12 hours);
    }

    function test_liftedAndBack() public {
        _set(address(0), DAY, 100);
        _accepts(_pay(60));
        _set(address(0), 0, 0);
        _accepts(_pay(500));
        _set(address(0), DAY, 100);
        _left(100, 60, NOON + 12 hours);
        _set(address(0), OPERATION, 100);
        _left(100, 0, NEVER);
        _set(address(0), DAY, 100);
        _left(100, 60, NOON + 12 hours);
    }

    function test_outlives() public {
        _set(address(0), DAY, 100);
        _accepts(_pay(60));
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        vm.prank(ACCOUNT);
        module.onUninstall("");
        _is(address(0), DAY, 100, 1);
        _install(ACCOUNT, "");
        limits.epoch = module.keyState(ACCOUNT, keyId, new uint256[](0)).control.epoch();
        limits.serial = 2;
        _grant();
        _left(100, 60, NOON + 12 hours);
    }

    // ------------------------------------------------------------------ helpers

    function _set(address token, uint256 period, uint256 cap) private {
        vm.prank(ACCOUNT);
        module.setCeiling(token, period, cap);
    }

    function _refusesCeiling(uint256 period, uint256 cap) private {
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(CeilingInvalid.selector, TOKEN, period, cap));
        module.setCeiling(TOKEN, period, cap);
    }

    function _is(address token, uint256 period, uint256 cap, uint256 count) private view {
        (uint256 period_, uint256 cap_,, uint256 time) = module.ceiling(ACCOUNT, token);
        assertEq(period_, period, "period");
        assertEq(cap_, cap, "cap");
        assertEq(time, block.timestamp, "blockTime");
        assertEq(_state().control.ceilingCount(), count, "count");
        assertEq(_state().control.hasCeilings(), count != 0, "hasCeilings");
    }

    /// @dev What is left goes, and not a wei more.
    function _left(uint256 cap, uint256 spent, uint256 resetsAt) private {
        _refuses(_pay(cap - spent + 1), _over(cap, spent, cap - spent + 1, resetsAt));
        module.preview(_signed(_draft(_pay(cap - spent))));
    }

    function _pay(uint256 value) private pure returns (Call memory call) {
        call = _ping();
        call.value = value;
    }

    function _over(uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt) private pure returns (bytes memory) {
        return abi.encodeWithSelector(CeilingExceeded.selector, address(0), cap, spent, attempted, resetsAt);
    }
}
