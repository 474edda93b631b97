// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_TARGET, CHARGED, EMPTY_CALLDATA, EXACT, LIFETIME, MOVES_NOTHING} from "../utils/Codes.sol";
import {Call} from "../utils/OperationBytes.sol";
import {Permission, PolicyBytes} from "../utils/PolicyBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// Tokens and targets that try to be more than the policy says
// ├── 100 by transfer and 100 by approve are 200, not 100 twice
// ├── a token without a rule: no permission, no call; a wildcard does not reach it either
// ├── native value wrapped into a token (deposit) is native value spent
// ├── a function of a metered token that the table does not know cannot be granted unmarked, nor reached
// ├── a called contract calls the module back: it speaks for itself alone
// └── two accounts, two keys, two tokens: one's spending is never another's
contract HostileTokenAttack is AgentTest {
    function test_transferAndApprove() public {
        limits.serial = 2;
        _permit(EXACT, CHARGED, USDC, TRANSFER);
        _grant();
        Call[] memory calls = new Call[](2);
        calls[0] = _approve(ROUTER, CAP);
        calls[1] = Call(USDC, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, CAP), 2);
        _refuses(_draft(calls), _overCap(0, 2 * CAP));
        calls[1] = Call(USDC, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1), 2);
        _refuses(_draft(calls), _overCap(0, CAP + 1));
    }

    function test_tokenWithoutARule() public {
        (limits.serial, limits.maxUses) = (2, 100);
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PING);
        _grant();
        bytes memory data = abi.encodeWithSelector(TRANSFER, THIEF, 1e18);
        for (uint256 permission; permission < 3; ++permission) {
            _refuses(Call(WETH, 0, data, permission), _notPermitted(WETH, TRANSFER));
        }
    }

    function test_wrapping() public {
        limits.serial = 2;
        bytes4 deposit = bytes4(keccak256("deposit()"));
        _permit(EXACT, MOVES_NOTHING, WETH, deposit, PolicyBytes.maxValueBody(1 ether));
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, WETH, 0, PolicyBytes.maxValueBody(1 ether));
        _grant();
        Call memory call = Call(WETH, 0.03 ether, abi.encodePacked(deposit), 2);
        _accepts(call);
        bytes memory problem =
            abi.encodeWithSelector(NativeLimitExceeded.selector, 0.05 ether, 0.03 ether, 0.03 ether, MIDNIGHT);
        _refuses(call, problem);
        _refuses(Call(WETH, 0.03 ether, "", 3), problem);
    }

    function test_unknownFunctionOfAMeteredToken() public {
        (limits.serial, limits.maxUses) = (2, 100);
        _permit(EXACT, MOVES_NOTHING, USDC, PING);
        _refusesGrant(abi.encodeWithSelector(PermissionNotCharged.selector, 2, USDC, PING));
        permissions.pop();
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PING);
        _grant();
        _refuses(
            Call(USDC, 0, abi.encodeWithSelector(PING, 1), 2),
            abi.encodeWithSelector(TokenNotCharged.selector, 0, USDC, PING)
        );
    }

    function test_callsBack() public {
        _accepts(_approve(ROUTER, CAP));
        bytes32 before = keccak256(abi.encode(_state()));
        Permission[] memory list = new Permission[](1);
        list[0] = Permission(EXACT, MOVES_NOTHING, APP, PING, "");
        vm.startPrank(USDC);
        module.onInstall(hex"01");
        module.grant(signer, _settings(), hex"000000", PolicyBytes.permissions(list, 0));
        module.pause(USDC, keyId);
        module.resume(keyId);
        module.pauseAccount(USDC);
        module.resumeAccount();
        module.setGuardian(THIEF);
        module.revoke(USDC, keyId);
        module.revokeAll(USDC);
        module.onUninstall("");
        vm.stopPrank();
        assertEq(keccak256(abi.encode(_state())), before, "the account's key is what it was");
        _refuses(_approve(ROUTER, 1), _overCap(CAP, 1));
    }

    function test_apart() public {
        // A second token with the same cap, a second key and a second account: all full, one by one.
        limits.serial = 2;
        _meter(WETH, LIFETIME, uint128(CAP));
        _permit(EXACT, CHARGED, WETH, TRANSFER);
        _grant();
        _accepts(_approve(ROUTER, CAP));
        _accepts(Call(WETH, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, CAP), 2));
        _install(STRANGER, "");
        limits.serial = 1;
        vm.prank(STRANGER);
        module.grant(signer, _settings(), _header(), _permissions());
        Draft memory draft = _draft(_approve(ROUTER, CAP));
        draft.op.sender = STRANGER;
        _accepts(draft);
        _refuses(draft, _overCap(CAP, CAP));
    }
}
