// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyFrame} from "../../../../contracts/interfaces/ISessionKeyFrame.sol";
import {ISessionKeyFrames} from "../../../../contracts/interfaces/ISessionKeyFrames.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// Frames among what else happens to an account
// ├── all validated first, then all run, as a bundle does: each operation is charged its own excess
// ├── two keys: each its own counters
// ├── the owner's operation between two frames is nobody's excess
// ├── revoked, paused, everything revoked, uninstalled or updated after validation: refused by `open`
// ├── expired after validation: refused
// ├── a second frame inside a frame, and its end from inside: refused
// ├── nobody else opens or closes; another account's frame is its own
// ├── opened without a validation, or a second time: refused
// └── the module's parts are not reached through it
contract FrameBundlesTest is FrameTest {
    uint256 private constant OTHER_SECRET = uint256(keccak256("other key"));

    function setUp() public override {
        super.setUp();
        _grant();
    }

    function _runs(Draft memory draft) private {
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(answer, "", "revert data");
        assertTrue(success, "runs");
    }

    function _reverts(Draft memory draft, bytes memory problem) private {
        (bool success, bytes memory answer) = _execute(draft);
        assertFalse(success, "runs");
        assertEq(answer, problem, "revert data");
    }

    function test_sameKeyTwice() public {
        Draft memory first = _framed(_pull(60));
        Draft memory second = _framed(_pull(40));
        second.validUntil -= 10;
        _accepts(first);
        _accepts(second);
        _runs(first);
        _runs(second);
        assertEq(_tokenSpent(), 100, "both");
        _fails(_framed(_pull(1)), _overCap(100, 1));
    }

    function test_twoKeysAndTheOwner() public {
        Draft memory first = _framed(_pull(60));
        _accepts(first);
        bytes32 firstKey = keyId;
        _become(OTHER_SECRET);
        _grant();
        Draft memory second = _framed(_pull(100));
        second.secret = OTHER_SECRET;
        _accepts(second);
        _runs(first);
        vm.prank(ACCOUNT);
        METERED.transfer(STRANGER, 5000);
        _runs(second);
        assertEq(_tokenSpent(), 100, "second key");
        assertEq(module.keyState(ACCOUNT, firstKey, new uint256[](0)).usage.meterSpent(), 60, "first key");
    }

    function _become(uint256 secret) private {
        key = vm.addr(secret);
        signer = abi.encodePacked(uint8(1), key);
        keyId = keccak256(signer);
    }

    function test_revokedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        _reverts(draft, abi.encodeWithSelector(KeyNotGranted.selector, keyId));
    }

    function test_pausedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        _reverts(draft, abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(ACCOUNT);
        module.resume(keyId);
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        _reverts(draft, abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
    }

    function test_allRevokedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.revokeAll(ACCOUNT);
        _reverts(draft, abi.encodeWithSelector(KeyEpochOutdated.selector, keyId, 1, 2));
    }

    function test_uninstalledBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.onUninstall(hex"01");
        _reverts(draft, abi.encodeWithSelector(ModuleNotInstalled.selector, ACCOUNT, 1));
    }

    function test_updatedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        (bytes memory oldHeader, bytes32 oldRoot) = (_header(), _policyRoot());
        meters[0].cap = 5;
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), oldHeader, _permissionsRoot());
        _reverts(draft, abi.encodeWithSelector(PolicyMismatch.selector, _policyRoot(), oldRoot));
    }

    function test_shortenedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        limits.validUntil = NOON + 10;
        vm.prank(ACCOUNT);
        module.update(signer, _settings(), _header(), _permissions(), _header(), _permissionsRoot());
        vm.warp(NOON + 11);
        _reverts(
            draft,
            abi.encodeWithSelector(WindowOutsideKey.selector, NOON + 11, NOON + 11, limits.validAfter, NOON + 10)
        );
    }

    function test_nested() public {
        Draft memory other = _framed(_transfer(1));
        _accepts(other);
        bytes memory again = _executeOne(abi.encodeCall(ISessionKeyFrame.open, (frameId)));
        _fails(
            _framed(_callBack(ACCOUNT, again)), abi.encodeWithSelector(FrameAlreadyOpen.selector, ACCOUNT)
        );
        // Closed from inside, it is not there to be closed at the end.
        bytes memory early = _executeOne(abi.encodeCall(ISessionKeyFrame.close, ()));
        _fails(_framed(_callBack(ACCOUNT, early)), abi.encodeWithSelector(FrameNotOpen.selector, ACCOUNT));
    }

    /// @dev Call data of the account that calls the module once: what only the account's owner could have it do.
    function _executeOne(bytes memory data) private view returns (bytes memory) {
        Call[] memory calls = _only(Call(address(module), 0, data, 0));
        bytes memory tail = abi.encode(uint256(32), uint256(1), uint256(32), calls[0].target, uint256(0), uint256(96));
        uint256 padding = (32 - data.length % 32) % 32;
        bytes memory batch = abi.encodePacked(tail, data.length, data, new bytes(padding));
        return abi.encodeWithSignature("execute(bytes32,bytes)", 0, batch);
    }

    function test_others() public {
        _accepts(_framed(_transfer(1)));
        vm.expectRevert(abi.encodeWithSelector(FrameUnknown.selector, STRANGER, frameId));
        vm.prank(STRANGER);
        module.open(frameId);
        vm.expectRevert(abi.encodeWithSelector(FrameNotOpen.selector, STRANGER));
        vm.prank(STRANGER);
        module.close();
        vm.prank(ACCOUNT);
        module.open(frameId);
        vm.expectRevert(abi.encodeWithSelector(FrameNotOpen.selector, STRANGER));
        vm.prank(STRANGER);
        module.close();
    }

    /// @dev Nothing was validated, or another frame was.
    function test_withoutValidation() public {
        Draft memory draft = _framed(_pull(1));
        _reverts(draft, abi.encodeWithSelector(FrameUnknown.selector, ACCOUNT, frameId));
        _accepts(_framed(_pull(1)));
        _reverts(draft, abi.encodeWithSelector(FrameUnknown.selector, ACCOUNT, frameId - 1));
        vm.prank(ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(FrameNotOpen.selector, ACCOUNT));
        module.close();
    }

    /// @dev One validation, one frame: also where the calls themselves come again.
    function test_reused() public {
        Draft memory draft = _framed(_pull(1));
        _passes(draft);
        _reverts(draft, abi.encodeWithSelector(FrameUnknown.selector, ACCOUNT, frameId));
        assertEq(_tokenSpent(), 1, "once");
    }

    function test_regrantedBetween() public {
        Draft memory draft = _framed(_transfer(10));
        _accepts(draft);
        vm.prank(ACCOUNT);
        module.revoke(ACCOUNT, keyId);
        limits.serial = 3;
        _grant();
        _reverts(draft, abi.encodeWithSelector(GrantOutdated.selector, 1, 1, 1, 3));
    }

    /// @dev The parts that only the module itself asks for are not reached through it.
    function test_innerFunctions() public {
        bytes[4] memory inner = [
            abi.encodeCall(ISessionKeyFrames.stage, ()),
            abi.encodeCall(ISessionKeyFrames.checkFrame, ()),
            abi.encodeCall(ISessionKeyFrames.openFor, (ACCOUNT)),
            abi.encodeCall(ISessionKeyFrames.closeFor, (ACCOUNT))
        ];
        _accepts(_framed(_transfer(1)));
        vm.prank(ACCOUNT);
        module.open(frameId);
        for (uint256 i; i < inner.length; ++i) {
            vm.prank(ACCOUNT);
            (bool success,) = address(module).call(inner[i]);
            assertFalse(success, "no such function");
        }
        vm.prank(ACCOUNT);
        module.close();
    }
}
