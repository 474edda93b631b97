// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {HostileRouter} from "../../contracts/mocks/frame/HostileRouter.sol";
import {MockFeed} from "../../contracts/mocks/frame/MockFeed.sol";
import {StrangeToken} from "../../contracts/mocks/frame/StrangeToken.sol";
import {ACTIVE, CHARGED, DAY, EXACT, MEASURED, MOVES_NOTHING} from "./Codes.sol";
import {BATCH, Call, OperationBytes} from "./OperationBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the tests of the measured frame: an account that really runs its calls, tokens and a router.
/// @dev 100 TOKEN and 1 ether a day; transfer (0), the router's pull (1), swap (2) and call-back (3) are permitted.
abstract contract FrameTest is SessionKeyTest {
    StrangeToken internal constant METERED = StrangeToken(TOKEN);
    StrangeToken internal constant BOUGHT = StrangeToken(address(uint160(uint256(keccak256("bought")))));
    HostileRouter internal constant ROUTER = HostileRouter(payable(address(uint160(uint256(keccak256("router"))))));
    MockFeed internal feed;
    /// @dev Of the frame that was drafted last.
    uint256 internal frameId;

    uint256 internal constant MAY_TRANSFER = 0;
    uint256 internal constant MAY_PULL = 1;
    uint256 internal constant MAY_SWAP = 2;
    uint256 internal constant MAY_CALL_BACK = 3;
    uint256 internal constant MIDNIGHT = NOON + 12 hours;

    function setUp() public virtual override {
        super.setUp();
        bytes memory token = deploy("contracts/mocks/frame/StrangeToken.sol:StrangeToken").code;
        vm.etch(TOKEN, token);
        vm.etch(address(BOUGHT), token);
        vm.etch(address(ROUTER), deploy("contracts/mocks/frame/HostileRouter.sol:HostileRouter").code);
        vm.etch(ACCOUNT, deploy("contracts/mocks/frame/BatchAccount.sol:BatchAccount").code);
        feed = MockFeed(deploy("contracts/mocks/frame/MockFeed.sol:MockFeed"));
        METERED.mint(ACCOUNT, 10_000);
        BOUGHT.mint(address(ROUTER), 1e30);
        vm.deal(ACCOUNT, 100 ether);
        vm.deal(address(ROUTER), 100 ether);
        _allow(address(ROUTER), type(uint256).max);

        limits.flags = ACTIVE | MEASURED;
        (limits.nativeCap, limits.nativePeriod) = (1 ether / 1 gwei, DAY);
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, address(ROUTER), HostileRouter.take.selector);
        bytes memory swapBody = abi.encodePacked(uint8(1), uint128(1 ether));
        _permit(EXACT, MOVES_NOTHING, address(ROUTER), HostileRouter.swap.selector, swapBody);
        _permit(EXACT, MOVES_NOTHING, address(ROUTER), HostileRouter.callBack.selector);
    }

    /// @dev An allowance of the account's from before.
    function _allow(address spender, uint256 amount) internal {
        vm.prank(ACCOUNT);
        METERED.approve(spender, amount);
    }

    // ------------------------------------------------------------------ calls

    function _pull(uint256 amount) internal pure returns (Call memory) {
        return Call(address(ROUTER), 0, abi.encodeCall(HostileRouter.take, (TOKEN, amount)), MAY_PULL);
    }

    function _swap(uint256 amount, address bought, uint256 amountOut) internal pure returns (Call memory) {
        bytes memory data = abi.encodeCall(HostileRouter.swap, (TOKEN, amount, bought, amountOut));
        return Call(address(ROUTER), 0, data, MAY_SWAP);
    }

    /// @notice Native into the router, and some of it back.
    function _throughRouter(uint256 value, uint256 back) internal pure returns (Call memory) {
        bytes memory data = abi.encodeCall(HostileRouter.swap, (TOKEN, 0, address(0), back));
        return Call(address(ROUTER), value, data, MAY_SWAP);
    }

    function _callBack(address target, bytes memory data) internal pure returns (Call memory) {
        return Call(address(ROUTER), 0, abi.encodeCall(HostileRouter.callBack, (target, data)), MAY_CALL_BACK);
    }

    function _only(Call memory call) internal pure returns (Call[] memory calls) {
        calls = new Call[](1);
        calls[0] = call;
    }

    // ------------------------------------------------------------------ frames

    /// @notice The calls between `open(id)`, in bytes of a test's own, and `close()`.
    function _framed(Call[] memory calls, bytes memory first) internal view returns (Draft memory) {
        Call[] memory all = new Call[](calls.length + 2);
        all[0] = Call(address(module), 0, first, 0);
        for (uint256 i; i < calls.length; ++i) all[i + 1] = calls[i];
        all[calls.length + 1] = Call(address(module), 0, abi.encodeCall(module.close, ()), 0);
        return _draft(calls, OperationBytes.execute(BATCH, OperationBytes.batch(all)));
    }

    /// @notice The calls in a frame of its own.
    function _framed(Call[] memory calls) internal returns (Draft memory) {
        return _framed(calls, abi.encodeCall(module.open, (++frameId)));
    }

    function _framed(Call memory call) internal returns (Draft memory) {
        return _framed(_only(call));
    }

    /// @notice Runs an operation's calls in the account, as an EntryPoint would.
    function _execute(Draft memory draft) internal returns (bool success, bytes memory answer) {
        return ACCOUNT.call(draft.op.callData);
    }

    /// @notice Validation refuses with exactly `problem`, which depends on what else is in the bundle: a dry run passes.
    function _rejects(Draft memory draft, bytes memory problem) internal {
        PackedUserOperation memory op = _signed(draft);
        module.preview(op);
        bytes32 opHash = OperationBytes.hash(op);
        vm.prank(op.sender);
        vm.expectRevert(problem);
        module.validateUserOp(op, opHash);
    }

    /// @notice The operation validates, and its calls succeed.
    function _passes(Draft memory draft) internal {
        _accepts(draft);
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(answer, "", "revert data");
        assertTrue(success, "calls succeed");
    }

    /// @notice The operation validates, and its calls revert with exactly `problem`.
    function _fails(Draft memory draft, bytes memory problem) internal {
        _accepts(draft);
        (bool success, bytes memory answer) = _execute(draft);
        assertFalse(success, "calls succeed");
        assertEq(answer, problem, "revert data");
    }

    function _tokenSpent() internal view returns (uint256) {
        return _state().usage.meterSpent();
    }

    /// @notice `token` went past its 100 a day.
    function _overCap(uint256 spent, uint256 excess) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, spent, excess, MIDNIGHT);
    }
}
