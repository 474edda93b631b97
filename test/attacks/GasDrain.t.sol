// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {SPONSOR, TOKEN_PAYMASTER} from "../utils/Codes.sol";
import {Paymaster} from "../utils/PolicyBytes.sol";
import {AgentTest} from "../utils/AgentTest.sol";

// A thief is his own bundler, and burns the account's money as gas that he is paid for
// ├── an absurd fee, and absurd limits: each over the native cap
// ├── many operations at a fair fee: together at most the cap
// ├── an absurd fee hidden behind a paymaster of his own
// ├── an absurd fee hidden behind a token paymaster that the policy lists: charged to the token
// └── another token paymaster's data under a listed one's name
contract GasDrainAttack is AgentTest {
    uint256 private constant GWEI = 1 gwei;
    address private constant LISTED = address(uint160(uint256(keccak256("token paymaster"))));

    function test_absurdFee() public {
        Draft memory draft = _draft(_approve(ROUTER, 0));
        _gas(draft, 500_000, 1000 * GWEI);
        _refuses(draft, _overNative(0, 0.5 ether));
        _gas(draft, 500_000_000, GWEI);
        _refuses(draft, _overNative(0, 0.5 ether));
    }

    function test_manyAtAFairFee() public {
        Draft memory draft = _draft(_approve(ROUTER, 0));
        _gas(draft, 600_000, 20 * GWEI);
        for (uint256 i; i < 4; ++i) {
            draft.op.nonce = i;
            _accepts(draft);
        }
        _refuses(draft, _overNative(0.048 ether, 0.012 ether));
    }

    function test_ownPaymaster() public {
        Draft memory draft = _draft(_approve(ROUTER, 0));
        _gas(draft, 500_000, 1000 * GWEI);
        draft.op.paymasterAndData = abi.encodePacked(THIEF, uint128(1), uint128(1));
        _refuses(draft, abi.encodeWithSelector(PaymasterForbidden.selector, THIEF));
        // Address zero is read as "no paymaster" by the EntryPoint, which then takes the account's deposit.
        draft.op.paymasterAndData = new bytes(52);
        _refuses(draft, abi.encodeWithSelector(PaymasterForbidden.selector, address(0)));
    }

    function test_listedTokenPaymaster() public {
        // 3,000 USDC an ether, and a sponsor beside it that asks for its own data.
        paymasters.push(Paymaster(LISTED, SPONSOR, hex"01", 0, 0));
        paymasters.push(Paymaster(LISTED, TOKEN_PAYMASTER, hex"02", 0, 3000e6));
        limits.serial = 2;
        _grant();
        Draft memory draft = _draft(_approve(ROUTER, 0));
        _gas(draft, 500_000, 1000 * GWEI);
        draft.op.paymasterAndData = abi.encodePacked(LISTED, uint128(0), uint128(0), hex"02");
        _refuses(draft, _overCap(0, 1500e6));
        draft.op.paymasterAndData = abi.encodePacked(LISTED, uint128(0), uint128(0), hex"03");
        _refuses(draft, abi.encodeWithSelector(PaymasterForbidden.selector, LISTED));
        _gas(draft, 500_000, 20 * GWEI);
        draft.op.paymasterAndData = abi.encodePacked(LISTED, uint128(0), uint128(0), hex"02");
        _accepts(draft);
        assertEq(_state().usage.meterSpent(), 30e6, "0.01 ether in USDC");
    }

    function _overNative(uint256 spent, uint256 attempted) private pure returns (bytes memory) {
        return abi.encodeWithSelector(NativeLimitExceeded.selector, 0.05 ether, spent, attempted, MIDNIGHT);
    }
}
