// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Call} from "../utils/OperationBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// A thief holds the agent's key, and tries to bring the money home
// ├── the agent's own work passes, as the yardstick
// ├── more than the day's cap, by one approval, by many, by a batch of small ones
// ├── an unlimited approval
// ├── a transfer to himself, or an approval for himself, under any permission he holds
// ├── the swap's proceeds to himself, or to an address that only looks like the account
// ├── another function of the router, another router
// ├── value along with the swap
// ├── hoarding allowances day by day: each approval is charged on its day
// ├── more calls than the hour allows, batched or not
// └── work after the key has ended
contract HijackedAgentAttack is AgentTest {
    function test_theAgentsOwnWork() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_approve(ROUTER, CAP), _swap(ACCOUNT, CAP));
        _accepts(_draft(calls));
    }

    function test_overTheCap() public {
        _refuses(_approve(ROUTER, CAP + 1), _overCap(0, CAP + 1));
        _refuses(_approve(ROUTER, type(uint256).max), _overCap(0, type(uint256).max));
        for (uint256 i; i < 4; ++i) _accepts(_approve(ROUTER, CAP / 4));
        _refuses(_approve(ROUTER, 1), _overCap(CAP, 1));
    }

    function test_manySmallOnes() public {
        Call[] memory calls = new Call[](5);
        for (uint256 i; i < 5; ++i) calls[i] = _approve(ROUTER, CAP / 4);
        _refuses(_draft(calls), _overCap(0, CAP / 4 * 5));
    }

    function test_toHimself() public {
        bytes memory transfer = abi.encodeWithSelector(TRANSFER, THIEF, 1);
        for (uint256 permission; permission < 2; ++permission) {
            _refuses(Call(USDC, 0, transfer, permission), _notPermitted(USDC, TRANSFER));
            _refuses(Call(WETH, 0, transfer, permission), _notPermitted(WETH, TRANSFER));
        }
        bytes32 router = bytes32(uint256(uint160(ROUTER)));
        bytes32 thief = bytes32(uint256(uint160(THIEF)));
        _refuses(_approve(THIEF, 1), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 0, router, thief));
    }

    function test_proceeds() public {
        bytes32 self = bytes32(uint256(uint160(ACCOUNT)));
        bytes32 thief = bytes32(uint256(uint160(THIEF)));
        _refuses(_swap(THIEF, 1), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 3, self, thief));
        // The account's address with a dirty byte above it, which a careless decoder cuts off.
        Call memory call = _swap(ACCOUNT, 1);
        call.data[4 + 3 * 32] = 0x01;
        bytes32 dirty = self | bytes32(uint256(1) << 248);
        _refuses(call, abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 3, self, dirty));
    }

    function test_elsewhere() public {
        bytes4 other = bytes4(keccak256("exactInput((bytes,address,uint256,uint256))"));
        bytes4 multicall = bytes4(keccak256("multicall(bytes[])"));
        _refuses(Call(ROUTER, 0, abi.encodeWithSelector(other, 0), MAY_SWAP), _notPermitted(ROUTER, other));
        _refuses(Call(ROUTER, 0, abi.encodeWithSelector(multicall, 0), MAY_SWAP), _notPermitted(ROUTER, multicall));
        Call memory call = _swap(ACCOUNT, 1);
        call.target = THIEF;
        _refuses(call, _notPermitted(THIEF, SWAP));
    }

    function test_value() public {
        Call memory call = _swap(ACCOUNT, 1);
        call.value = 1;
        _refuses(call, abi.encodeWithSelector(CallValueExceeded.selector, 0, 0, 1));
        _refuses(Call(THIEF, 1, "", MAY_SWAP), _notPermitted(THIEF, 0));
    }

    function test_hoarding() public {
        _accepts(_approve(ROUTER, CAP));
        _window(MIDNIGHT, MIDNIGHT + 59);
        _accepts(_approve(ROUTER, CAP));
        _refuses(
            _approve(ROUTER, 1),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, USDC, 0, CAP, CAP, 1, MIDNIGHT + 1 days)
        );
    }

    function test_floods() public {
        Call[] memory calls = new Call[](11);
        for (uint256 i; i < 11; ++i) calls[i] = _approve(ROUTER, 0);
        _refuses(_draft(calls), abi.encodeWithSelector(RateLimitExceeded.selector, 10, 0, 11, NOON + 1 hours));
        for (uint256 i; i < 10; ++i) _accepts(_approve(ROUTER, 0));
        _refuses(
            _approve(ROUTER, 0), abi.encodeWithSelector(RateLimitExceeded.selector, 10, 10, 1, NOON + 1 hours)
        );
    }

    function test_afterTheEnd() public {
        uint256 end = NOON + 24 hours;
        _window(end, end + 1);
        _refuses(_approve(ROUTER, 1), abi.encodeWithSelector(WindowOutsideKey.selector, end, end + 1, NOON, end));
    }
}
