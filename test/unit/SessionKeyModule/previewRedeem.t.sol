// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../../../contracts/interfaces/ISessionKeyModule.sol";
import {CHARGED, DAY, EXACT, HOUR, MOVES_NOTHING} from "../../utils/Codes.sol";
import {Call} from "../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../utils/PolicyBytes.sol";
import {DirectLaneTest} from "../../utils/DirectLaneTest.sol";

// previewRedeem (that it accepts and refuses exactly as redeem does, {DirectLaneTest} checks at every step of every test)
// ├── tells key, the block's time as window, calls, charges without gas, and what is left
// ├── counts what both lanes have spent
// ├── needs no signature, and neither key nor account as caller
// └── writes nothing
contract PreviewRedeemTest is DirectLaneTest {
    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1000, DAY);
        (limits.rateLimit, limits.ratePeriod, limits.maxUses) = (10, HOUR, 20);
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1 ether));
        _grant();
    }

    function test_figures() public {
        _figures(992e9, 8, 18, 60);
        _accepts(_redemption(_two()));
        _figures(984e9, 6, 16, 20);
    }

    function test_countsTheOtherLane() public {
        _accepts(_draft(_two()));
        _figures(984e9, 6, 16, 20);
    }

    function test_writesNothing() public {
        Redemption memory it = _redemption(_two());
        vm.record();
        vm.prank(STRANGER);
        _preview(it);
        (, bytes32[] memory writes) = vm.accesses(address(module));
        assertEq(writes.length, 0, "writes");
    }

    function _figures(uint256 nativeLeft, uint256 rateLeft, uint256 usesLeft, uint256 meterLeft)
        private
        view
    {
        ISessionKeyModule.Preview memory it = _preview(_redemption(_two()));
        assertEq(it.keyId, keyId, "keyId");
        assertEq(it.validAfter, block.timestamp, "validAfter");
        assertEq(it.validUntil, block.timestamp, "validUntil");
        assertEq(it.calls, 2, "calls");
        assertEq(it.nativeCharge, 8e9, "7.5 gwei, rounded up");
        assertEq(it.nativeLeft, nativeLeft, "nativeLeft");
        assertEq(it.rateLeft, rateLeft, "rateLeft");
        assertEq(it.usesLeft, usesLeft, "usesLeft");
        assertEq(it.meterCharges[0], 40, "meterCharges");
        assertEq(it.meterLeft[0], meterLeft, "meterLeft");
    }

    function _two() private pure returns (Call[] memory calls) {
        calls = new Call[](2);
        calls[0] = _transfer(40);
        calls[1] = Call(APP, 7.5e9, abi.encodeWithSelector(PING, 1), 1);
    }
}
