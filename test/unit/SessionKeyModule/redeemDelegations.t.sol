// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, EXACT, LIFETIME, MOVES_NOTHING} from "../../utils/Codes.sol";
import {DirectLaneTest} from "../../utils/DirectLaneTest.sol";

// redeemDelegations (ERC-7710)
// ├── one redemption, by the key's EOA or with its signature: as redeem
// ├── several, one after the other, over the same counters: all or none
// ├── nonces of signed ones follow each other
// ├── lists of no or unequal length: refused
// └── a context shorter than an address: refused
contract RedeemDelegationsTest is DirectLaneTest {
    bytes[] private contexts;
    bytes32[] private modes;
    bytes[] private executions;

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, LIFETIME, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
    }

    function test_own() public {
        Redemption memory it = _redemption(_transfer(60));
        _push(it, _context(it));
        it = _redemption(_transfer(40));
        _push(it, _context(it));
        vm.prank(key, key);
        module.redeemDelegations(contexts, modes, executions);
        assertEq(_state().usage.meterSpent(), 100, "spent");
        assertEq(_state().usage.uses(), 2, "uses");
    }

    function test_signed() public {
        Redemption memory it = _redemption(_transfer(30));
        _push(it, _signedContext(it));
        it = _redemption(_transfer(20));
        it.nonce = 1;
        _push(it, _signedContext(it));
        vm.prank(RELAYER, RELAYER);
        module.redeemDelegations(contexts, modes, executions);
        assertEq(_state().usage.meterSpent(), 50, "spent");
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(abi.encodeWithSelector(RedemptionNonceInvalid.selector, 0, 2));
        module.redeemDelegations(contexts, modes, executions);
    }

    function test_allOrNone() public {
        Redemption memory it = _redemption(_transfer(60));
        _push(it, _context(it));
        it = _redemption(_transfer(41));
        _push(it, _context(it));
        vm.prank(key, key);
        vm.expectRevert(
            abi.encodeWithSelector(
                SpendingLimitExceeded.selector, TOKEN, 0, 100, 60, 41, uint256(type(uint48).max)
            )
        );
        module.redeemDelegations(contexts, modes, executions);
        assertEq(_state().usage.meterSpent(), 0, "nothing spent");
    }

    function test_unsignedByOthers() public {
        Redemption memory it = _redemption(_transfer(1));
        _push(it, _context(it));
        vm.prank(RELAYER, RELAYER);
        vm.expectRevert(abi.encodeWithSelector(RedemptionUnauthorized.selector, key, RELAYER, RELAYER));
        module.redeemDelegations(contexts, modes, executions);
    }

    function test_lists() public {
        _refusesLists();
        Redemption memory it = _redemption(_transfer(1));
        _push(it, _context(it));
        modes.push(0);
        _refusesLists();
        modes.pop();
        executions.push("");
        _refusesLists();
        executions.pop();
        contexts.push("");
        _refusesLists();
    }

    function test_shortContext() public {
        Redemption memory it = _redemption(_transfer(1));
        _push(it, _context(it));
        modes.push(0);
        executions.push("");
        contexts.push(new bytes(19));
        vm.prank(key, key);
        vm.expectRevert(abi.encodeWithSelector(PermissionContextMalformed.selector, 1, 19));
        module.redeemDelegations(contexts, modes, executions);
        // Only an address: account and nothing to go by.
        contexts[1] = abi.encodePacked(ACCOUNT);
        vm.prank(key, key);
        vm.expectRevert(abi.encodeWithSelector(EvidenceMalformed.selector, 0));
        module.redeemDelegations(contexts, modes, executions);
    }

    function _push(Redemption memory it, bytes memory context) private {
        contexts.push(abi.encodePacked(it.account, context));
        modes.push(it.mode);
        executions.push(it.executions);
    }

    function _refusesLists() private {
        vm.prank(key, key);
        vm.expectRevert(
            abi.encodeWithSelector(
                RedemptionsMalformed.selector, contexts.length, modes.length, executions.length
            )
        );
        module.redeemDelegations(contexts, modes, executions);
    }
}
