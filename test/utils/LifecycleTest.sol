// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccountControl} from "../../contracts/policy/AccountControl.sol";
import {ISessionKeyModule} from "../../contracts/interfaces/ISessionKeyModule.sol";
import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {KeyUsage} from "../../contracts/policy/KeyUsage.sol";
import {CHARGED, DAY, EXACT, LIFETIME, MOVES_NOTHING} from "./Codes.sol";
import {Call} from "./OperationBytes.sol";
import {Meter} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests of a key's life: an account with a guardian and one granted key, which may ping and pay.
abstract contract LifecycleTest is SessionKeyTest {
    uint256 private constant PAY = 1;

    function setUp() public virtual override {
        super.setUp();
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 10_000));
        _grant();
    }

    function _transferring(uint256 amount) internal pure returns (Call memory call) {
        call = _transfer(amount);
        call.permission = PAY;
    }

    /// @notice What the daily cap of 100 says no with.
    function _overCap(uint256 spent, uint256 attempted) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 100, spent, attempted, NOON + 12 hours
        );
    }

    function _settingsWord() internal view returns (uint256) {
        return KeySettings.unwrap(_state().settings);
    }

    function _controlWord() internal view returns (uint256) {
        return AccountControl.unwrap(_state().control);
    }

    /// @notice Only the account and its guardian may do `call`.
    function _refusesOutsiders(bytes memory call) internal {
        _install(STRANGER, abi.encodePacked(APP));
        address[4] memory callers = [key, STRANGER, APP, address(module)];
        for (uint256 i; i < 4; ++i) {
            vm.prank(callers[i]);
            (bool done, bytes memory problem) = address(module).call(call);
            assertFalse(done, "refused");
            assertEq(problem, abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, callers[i]), "problem");
        }
    }

    /// @notice The key is refused, and every view of it says zero but for `serial`.
    function _isGone(uint256 serial) internal {
        _refuses(_ping(), abi.encodeWithSelector(KeyNotGranted.selector, keyId));
        ISessionKeyModule.KeyState memory state = _state();
        assertEq(KeySettings.unwrap(state.settings), serial << 104, "settings");
        assertEq(state.policyRoot, bytes32(0), "policyRoot");
        assertEq(KeyUsage.unwrap(state.usage), 0, "usage");
        for (uint256 i; i < state.meters.length; ++i) assertEq(state.meters[i].spent(), 0, "meter");
    }

    /// @notice Writes the serial of the fixture's key, as if it had been granted so often.
    function _setSerial(uint256 serial) internal {
        bytes32 slot = bytes32(uint256(_usageSlot()) - 2);
        uint256 word = uint256(vm.load(address(module), slot)) & ~(uint256(0xffffff) << 104);
        vm.store(address(module), slot, bytes32(word | (serial << 104)));
        assertEq(_state().settings.serial(), serial, "serial");
    }
}
