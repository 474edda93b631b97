// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, HOUR, SPONSOR} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, Paymaster, PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the order of checks
// └── one operation breaks every rule at once; each repair brings out the next rule in docs/ARCHITECTURE.md's order,
//     until the operation passes
contract ValidateOrderTest is SessionKeyTest {
    address private constant PAYMASTER = address(uint160(uint256(keccak256("paymaster"))));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1, DAY, 2);
        (limits.rateLimit, limits.ratePeriod, limits.cooldown) = (2, HOUR, 60);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, HOUR, 50));
        paymasters.push(Paymaster(PAYMASTER, SPONSOR, "", 0, 0));
        bytes[] memory clauses = new bytes[](1);
        clauses[0] = PolicyBytes.pin(0, RECIPIENT);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER, PolicyBytes.body(2e9, clauses));
        pinnedCode = keccak256(hex"6001");
        vm.etch(ACCOUNT, hex"6002");
    }

    function test_order() public {
        // The operation ends a second past the key, goes to the account itself, approves, and so on.
        limits.validUntil = NOON + 7200;
        uint256 from = limits.validAfter;
        _grant();
        vm.prank(ACCOUNT);
        module.pause(ACCOUNT, keyId);
        vm.prank(ACCOUNT);
        module.pauseAccount(ACCOUNT);
        Call memory call = Call(ACCOUNT, 3e9, abi.encodeWithSelector(APPROVE, APP, 101), 0);
        _window(NOON + 7201, NOON + 7201);
        _refuses(_dear(call, APP), abi.encodeWithSelector(AccountPaused.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        module.resumeAccount();
        _refuses(_dear(call, APP), abi.encodeWithSelector(KeyPaused.selector, keyId));
        vm.prank(ACCOUNT);
        module.resume(keyId);

        _refuses(_dear(call, APP), abi.encodeWithSelector(WindowMalformed.selector, NOON + 7201, NOON + 7201));
        _window(NOON, NOON + 7201);
        _refuses(
            _dear(call, APP),
            abi.encodeWithSelector(WindowOutsideKey.selector, NOON, NOON + 7201, from, NOON + 7200)
        );
        _window(NOON, NOON + 600);

        Draft memory draft = _dear(call, APP);
        draft.op.callData = abi.encodeWithSelector(PING);
        _refuses(draft, abi.encodeWithSelector(AccountFunctionForbidden.selector, PING));
        _refuses(_dear(call, APP), abi.encodeWithSelector(TargetForbidden.selector, 0, ACCOUNT));
        call.target = TOKEN;
        _refuses(
            _dear(call, APP), abi.encodeWithSelector(CallNotPermitted.selector, 0, TOKEN, APPROVE, _policyRoot())
        );
        call.data = abi.encodeWithSelector(TRANSFER, APP, 101);
        _refuses(
            _dear(call, APP), abi.encodeWithSelector(AccountCodeChanged.selector, pinnedCode, keccak256(hex"6002"))
        );
        vm.etch(ACCOUNT, hex"6001");
        _afterTheCode(call);
    }

    function _afterTheCode(Call memory call) private {
        _refuses(_dear(call, APP), abi.encodeWithSelector(CallValueExceeded.selector, 0, 2e9, 3e9));
        call.value = 2e9;
        (bytes32 wanted, bytes32 found) = (bytes32(uint256(uint160(RECIPIENT))), bytes32(uint256(uint160(APP))));
        _refuses(_dear(call, APP), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 0, wanted, found));
        call.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 101);
        _refuses(_dear(call, APP), abi.encodeWithSelector(PaymasterForbidden.selector, APP));

        // What is counted comes last: one good operation before, so that every counter has something in it.
        Call memory good = _transfer(40);
        good.value = 1e9;
        _window(NOON, NOON + 59);
        _accepts(_dear(good, PAYMASTER));
        _window(NOON, NOON + 600);
        call.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 61);
        _refuses(_dear(call, PAYMASTER), abi.encodeWithSelector(CooldownActive.selector, NOON + 119, NOON));
        _window(NOON + 119, NOON + 600);
        _refuses(
            _dear(call, PAYMASTER),
            abi.encodeWithSelector(NativeLimitExceeded.selector, 1e9, 1e9, 2e9, NOON + 12 hours)
        );
        call.value = 0;
        _refuses(_dear(call, PAYMASTER), _over(0, 100, 61, NOON + 12 hours));
        call.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 11);
        _refuses(_dear(call, PAYMASTER), _over(1, 50, 11, NOON + 1 hours));
        call.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 5);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (call, call);
        _refuses(_dear(calls), abi.encodeWithSelector(RateLimitExceeded.selector, 2, 1, 2, NOON + 1 hours));
        // The quota, where a new hour leaves the rate alone.
        _window(NOON + 1 hours, NOON + 2 hours - 1);
        _refuses(_dear(calls), abi.encodeWithSelector(QuotaExceeded.selector, 2, 1, 2));
        call.data = abi.encodeWithSelector(TRANSFER, RECIPIENT, 10);
        _window(NOON + 119, NOON + 600);
        _accepts(_dear(call, PAYMASTER));
    }

    function _dear(Call memory call, address paymaster) private view returns (Draft memory draft) {
        draft = _draft(call);
        draft.op.paymasterAndData = abi.encodePacked(paymaster, uint128(0), uint128(0));
    }

    function _dear(Call[] memory calls) private view returns (Draft memory draft) {
        draft = _draft(calls);
        draft.op.paymasterAndData = abi.encodePacked(PAYMASTER, uint128(0), uint128(0));
    }

    function _over(uint256 tag, uint256 cap, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, tag, cap, 40, attempted, resetsAt);
    }
}
