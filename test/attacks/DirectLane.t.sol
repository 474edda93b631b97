// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC7579Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {ISessionKeyDirectLane} from "../../contracts/interfaces/ISessionKeyDirectLane.sol";
import {CHARGED, EXACT, LIFETIME, MOVES_NOTHING, NEVER} from "../utils/Codes.sol";
import {Call, OperationBytes} from "../utils/OperationBytes.sol";
import {DirectLaneTest} from "../utils/DirectLaneTest.sol";

interface IReentering {
    function prepare(address target, bytes calldata data, bool swallows) external;
    function answers(uint256 index) external view returns (bytes memory);
}

// Attacks on the direct lane
// ├── re-entry: the metered token itself calls back, with a redemption that the key has signed for the next nonce
// │   ├── refused, and everything with it
// │   ├── where the token swallows the failure: one redemption has happened, the other has not; by way of ERC-7710 too
// │   ├── the key's own transaction re-enters no better, whatever code is at the key
// │   ├── the bundler lane, entered from within, sees what the redemption has counted
// │   ├── another account may redeem in between
// │   └── the lock is gone for the next redemption, in the same transaction too
// ├── gas: whatever a relayer leaves, either everything happens or nothing, and nothing is counted
// └── nobody but the module executes for it, and the account's modules change nothing about it
contract DirectLaneAttack is DirectLaneTest {
    IReentering private token;

    function setUp() public override {
        super.setUp();
        token = IReentering(TOKEN);
        _becomes(TOKEN, "contracts/mocks/ReenteringToken.sol:ReenteringToken");
        _becomes(APP, "contracts/mocks/HungryTarget.sol:HungryTarget");
        _meter(TOKEN, LIFETIME, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
    }

    function test_reentry() public {
        token.prepare(address(module), _redeemCall(_following(40)), false);
        Redemption memory it = _redemption(_transfer(60));
        bytes memory context = _signedContext(it);
        _refusesRelay(it, context, abi.encodeWithSelector(RedemptionReentered.selector, ACCOUNT));
        assertEq(_state().usage.uses(), 0, "nothing counted");
    }

    function test_reentrySwallowed() public {
        token.prepare(address(module), _redeemCall(_following(40)), true);
        token.prepare(address(module), _delegationsCall(_following(40)), true);
        _redeem(_redemption(_transfer(60)));
        bytes memory refused = abi.encode(false, abi.encodeWithSelector(RedemptionReentered.selector, ACCOUNT));
        assertEq(token.answers(0), refused, "redeem");
        assertEq(token.answers(1), refused, "redeemDelegations");
        assertEq(_state().usage.meterSpent(), 60, "once");
        assertEq(_state().usage.uses(), 1, "uses");
    }

    function test_reentryThroughTheKey() public {
        // The key's EOA has delegated to code that calls whatever it is prepared with: sender and origin are the key.
        _becomes(key, "contracts/mocks/ReenteringToken.sol:ReenteringToken");
        Redemption memory it = _redemption(_transfer(40));
        IReentering(key).prepare(address(module), _call(it, _context(it)), true);
        token.prepare(key, hex"00", false);
        _redeem(_redemption(_transfer(60)));
        bytes memory refused = abi.encode(false, abi.encodeWithSelector(RedemptionReentered.selector, ACCOUNT));
        assertEq(IReentering(key).answers(0), refused, "refused");
        assertEq(_state().usage.uses(), 1, "uses");
    }

    function test_overBudgetWithoutTheLock() public {
        // What the lock hides: the counters were written before the call.
        token.prepare(address(module), _redeemCall(_following(41)), true);
        _redeem(_redemption(_transfer(60)));
        assertEq(token.answers(0), abi.encode(false, _overCap(60, 41)), "counted before the call");
    }

    function test_bundlerLaneFromWithin() public {
        PackedUserOperation memory op = _signed(_draft(_transfer(41)));
        bytes memory asked = abi.encodeCall(module.validateUserOp, (op, OperationBytes.hash(op)));
        // An account forwards to the module what the EntryPoint asks; here it asks by itself, in the middle of a call.
        Redemption memory it = _redemption(_transfer(41));
        bytes memory previewed = abi.encodeCall(
            ISessionKeyDirectLane.previewRedeem, (it.account, it.mode, it.executions, _context(it))
        );
        token.prepare(address(module), previewed, true);
        token.prepare(address(module), asked, true);
        _redeem(_redemption(_transfer(60)));
        assertEq(token.answers(0), abi.encode(false, _overCap(60, 41)), "preview");
        assertEq(
            token.answers(1), abi.encode(false, abi.encodeWithSelector(CallerNotAllowed.selector, ACCOUNT, TOKEN)), "op"
        );
        bytes32 opHash = OperationBytes.hash(op);
        vm.prank(ACCOUNT);
        vm.expectRevert(_overCap(60, 41));
        module.validateUserOp(op, opHash);
    }

    function test_anotherAccountInBetween() public {
        _becomesAccount(STRANGER);
        _installByAccount(STRANGER, 1, hex"01");
        _installByAccount(STRANGER, 2, hex"02");
        limits.epoch = 1;
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        Redemption memory it = _redemption(Call(APP, 0, abi.encodeWithSelector(PING, 1), 1));
        it.account = STRANGER;
        token.prepare(address(module), _call(it, _signedContext(it)), false);
        limits.epoch = 2;
        _redeem(_redemption(_transfer(60)));
        assertEq(_appCalls(), 1, "the other account's call");
    }

    function test_unlockedAfterwards() public {
        bytes[] memory contexts = new bytes[](2);
        bytes[] memory executions = new bytes[](2);
        for (uint256 i; i < 2; ++i) {
            Redemption memory it = _redemption(_transfer(50));
            (contexts[i], executions[i]) = (abi.encodePacked(ACCOUNT, _context(it)), it.executions);
        }
        vm.prank(key, key);
        module.redeemDelegations(contexts, new bytes32[](2), executions);
        assertEq(_state().usage.meterSpent(), 100, "both");
    }

    function test_starvedOfGas() public {
        Redemption memory it = _redemption(Call(APP, 0, abi.encodeWithSelector(PING, 1), 1));
        bytes memory call = _call(it, _signedContext(it));
        bytes32 before = keccak256(abi.encode(_state()));
        bool happened;
        for (uint256 gas_ = 20_000; !happened; gas_ += 1_500) {
            (happened,) = address(module).call{gas: gas_}(call);
            if (!happened) {
                assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
                assertEq(_appCalls(), 0, "nothing called");
            }
        }
        assertEq(_state().usage.uses(), 1, "counted");
        assertEq(_appCalls(), 1, "called");
    }

    function test_onlyTheModuleExecutes() public {
        bytes memory executions = OperationBytes.single(_transfer(1));
        address[3] memory callers = [key, STRANGER, TOKEN];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            (bool done,) =
                ACCOUNT.call(abi.encodeCall(IERC7579Execution.executeFromExecutor, (bytes32(0), executions)));
            assertFalse(done, "executed");
        }
    }

    // ------------------------------------------------------------------ helpers

    /// @dev Signed for the place in line after the next.
    function _following(uint256 amount) private view returns (Redemption memory it) {
        it = _redemption(_transfer(amount));
        it.nonce = 1;
    }

    function _redeemCall(Redemption memory it) private view returns (bytes memory) {
        return _call(it, _signedContext(it));
    }

    function _call(Redemption memory it, bytes memory context) private pure returns (bytes memory) {
        return abi.encodeCall(ISessionKeyDirectLane.redeem, (it.account, it.mode, it.executions, context));
    }

    function _delegationsCall(Redemption memory it) private view returns (bytes memory) {
        bytes[] memory contexts = new bytes[](1);
        bytes[] memory executions = new bytes[](1);
        (contexts[0], executions[0]) = (abi.encodePacked(it.account, _signedContext(it)), it.executions);
        return abi.encodeCall(ISessionKeyDirectLane.redeemDelegations, (contexts, new bytes32[](1), executions));
    }

    function _overCap(uint256 spent, uint256 attempted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, spent, attempted, NEVER);
    }

    function _appCalls() private view returns (uint256) {
        return uint256(vm.load(APP, 0));
    }

    function _becomes(address account, string memory artifact) private {
        vm.etch(account, deploy(artifact).code);
    }
}
