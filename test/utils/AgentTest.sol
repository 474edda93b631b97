// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT, HOUR, MOVES_NOTHING} from "./Codes.sol";
import {Call} from "./OperationBytes.sol";
import {PolicyBytes} from "./PolicyBytes.sol";
import {SessionKeyTest} from "./SessionKeyTest.sol";

/// @notice Base of the attacks: an agent with the policy of the project's own example.
/// @dev 100 USDC and 0.05 ETH a day, gas included; the router's swap with the account as recipient; USDC approvals to the
/// router; 10 calls an hour; 24 hours.
abstract contract AgentTest is SessionKeyTest {
    address internal constant USDC = address(uint160(uint256(keccak256("USDC"))));
    address internal constant WETH = address(uint160(uint256(keccak256("WETH"))));
    address internal constant ROUTER = address(uint160(uint256(keccak256("router"))));
    address internal constant THIEF = address(uint160(uint256(keccak256("thief"))));
    bytes4 internal constant SWAP =
        bytes4(keccak256("exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"));

    uint256 internal constant CAP = 100e6;
    uint256 internal constant MIDNIGHT = NOON + 12 hours;
    uint256 internal constant MAY_APPROVE = 0;
    uint256 internal constant MAY_SWAP = 1;

    function setUp() public virtual override {
        super.setUp();
        (limits.validAfter, limits.validUntil) = (NOON, NOON + 24 hours);
        (limits.nativeCap, limits.nativePeriod) = (0.05 ether / 1 gwei, DAY);
        (limits.rateLimit, limits.ratePeriod) = (10, HOUR);
        _meter(USDC, DAY, uint128(CAP));
        _permit(EXACT, CHARGED, USDC, APPROVE, PolicyBytes.body(PolicyBytes.pin(0, ROUTER)));
        _permit(EXACT, MOVES_NOTHING, ROUTER, SWAP, PolicyBytes.body(PolicyBytes.pinSelf(3)));
        _grant();
        vm.prank(ACCOUNT);
        module.setGuardian(GUARDIAN);
    }

    function _approve(address spender, uint256 amount) internal pure returns (Call memory) {
        return Call(USDC, 0, abi.encodeWithSelector(APPROVE, spender, amount), MAY_APPROVE);
    }

    function _swap(address recipient, uint256 amount) internal pure returns (Call memory) {
        bytes memory data =
            abi.encodeWithSelector(SWAP, USDC, WETH, uint24(500), recipient, amount, uint256(0), uint160(0));
        return Call(ROUTER, 0, data, MAY_SWAP);
    }

    function _notPermitted(address target, bytes4 selector) internal view returns (bytes memory) {
        return abi.encodeWithSelector(CallNotPermitted.selector, 0, target, selector, _policyRoot());
    }

    function _overCap(uint256 spent, uint256 attempted) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(SpendingLimitExceeded.selector, USDC, 0, CAP, spent, attempted, MIDNIGHT);
    }
}
