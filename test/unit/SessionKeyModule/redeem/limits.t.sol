// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../../../../contracts/interfaces/ISessionKeyModule.sol";
import {ISessionKeyRecords} from "../../../../contracts/interfaces/ISessionKeyRecords.sol";
import {CHARGED, DAY, EXACT, HOUR, MOVES_NOTHING, NEVER, OPERATION, UNCAPPED} from "../../../utils/Codes.sol";
import {DirectLaneTest} from "../../../utils/DirectLaneTest.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../../utils/PolicyBytes.sol";

// redeem: the rules beside caps and permissions, in step with the bundler lane
// ├── checker
// │   ├── allows by its magic alone; refuses naming the call, for whatever reason
// │   ├── is asked about every call, with account, key, target, value and data
// │   └── starved of gas it refuses, and with it the redemption
// ├── numbered meters: what a permission says, in one budget with the bundler lane
// ├── call meters: a further rate limit counts the calls of both lanes
// ├── ceilings
// │   ├── to exactly the cap, over all keys and both lanes; uncapped amounts too
// │   ├── native: value in wei, and no gas
// │   ├── per redemption; in a new period from its first second; refused before the one that was counted
// │   └── a call whose amount cannot be told
// └── previewRedeem tells them all
contract RedeemLimitsTest is DirectLaneTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));
    bytes4 private constant MINT = bytes4(keccak256("mint(address,uint256)"));
    uint256 private constant SECOND_SECRET = uint256(keccak256("second key"));
    uint256 private constant MIDNIGHT = NOON + 12 hours;
    uint8 private constant CALLS = 255;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        _meter(TOKEN, DAY, 1000);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.maxValueBody(1 ether));
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, UNCAPPED, OTHER, TRANSFER);
        _permit(EXACT, UNCAPPED, OTHER, MINT);
    }

    // ------------------------------------------------------------------ checker

    function test_checker() public {
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        _grant();
        _redeemable(_pingOf(2));
        _redeemable(_pingOf(11));
        uint256[5] memory refused = [uint256(1), 3, 5, 7, 9];
        for (uint256 i; i < 5; ++i) _notRedeemable(_pingOf(refused[i]), _refused(0));
        Call[] memory calls = new Call[](3);
        (calls[0], calls[1], calls[2]) = (_pingOf(2), _pingOf(4), _pingOf(1));
        _refuses(_redemption(calls), _refused(2));
        calls[2] = _pingOf(6);
        _accepts(_redemption(calls));
        vm.etch(checker, "");
        _notRedeemable(_pingOf(2), _refused(0));
    }

    function test_checkersQuestion() public {
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        _grant();
        Call memory call = _pingOf(2);
        call.value = 7;
        vm.expectCall(
            checker,
            abi.encodeWithSignature("check(address,bytes32,address,uint256,bytes)", ACCOUNT, keyId, APP, 7, call.data)
        );
        _redeem(_redemption(call));
    }

    function test_starvedChecker() public {
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        _grant();
        Redemption memory it = _redemption(_pingOf(2));
        bytes memory call =
            abi.encodeCall(module.redeem, (it.account, it.mode, it.executions, _signedContext(it)));
        bytes32 before = keccak256(abi.encode(_state()));
        bool happened;
        for (uint256 gas_ = 20_000; !happened; gas_ += 1_500) {
            (happened,) = address(module).call{gas: gas_}(call);
            if (!happened) assertEq(keccak256(abi.encode(_state())), before, "nothing counted");
        }
        assertEq(_state().usage.uses(), 1, "counted");
    }

    // ------------------------------------------------------------------ meters

    function test_numberedMeters() public {
        meters.push(Meter(address(1), 0, OPERATION, 8));
        meters.push(Meter(address(1), 1, DAY, 20));
        bytes[] memory charges = new bytes[](2);
        (charges[0], charges[1]) = (PolicyBytes.amountCharge(1, 0), PolicyBytes.amountCharge(2, 0));
        permissions[0].body = PolicyBytes.chargesBody(0, charges);
        _grant();
        _notRedeemable(_pingOf(9), _over(1, 0, 8, 0, 9, NEVER));
        _redeemable(_pingOf(8));
        _accepts(_pingOf(8));
        _notRedeemable(_pingOf(5), _over(1, 1, 20, 16, 5, MIDNIGHT));
        _redeemable(_pingOf(4));
        _refuses(_pingOf(1), _over(1, 1, 20, 20, 1, MIDNIGHT));
        vm.warp(MIDNIGHT);
        _redeemable(_pingOf(8));
    }

    function test_callMeters() public {
        (limits.rateLimit, limits.ratePeriod) = (100, DAY);
        meters.push(Meter(address(1), CALLS, HOUR, 3));
        meters.push(Meter(address(2), CALLS, DAY, 5));
        _grant();
        _accepts(_redemption(_pings(2)));
        _refuses(_redemption(_pings(2)), _over(1, CALLS, 3, 2, 2, NOON + 1 hours));
        _accepts(_ping());
        _notRedeemable(_paying(1), _over(1, CALLS, 3, 3, 1, NOON + 1 hours));
        vm.warp(NOON + 1 hours);
        _refuses(_redemption(_pings(3)), _over(2, CALLS, 5, 3, 3, MIDNIGHT));
        _accepts(_redemption(_pings(2)));
        assertEq(_state().usage.rateCount(), 5, "the settings' own rate");
    }

    // ------------------------------------------------------------------ ceilings

    function test_ceilingOfAllKeysAndLanes() public {
        _grant();
        _set(TOKEN, DAY, 100);
        _set(OTHER, DAY, 50);
        _redeemable(_paying(30));
        _accepts(_paying(30));
        _useSecondKey();
        _notRedeemable(_paying(41), _overCeiling(TOKEN, 100, 60, 41, MIDNIGHT));
        _redeemable(_paying(40));
        _notRedeemable(_paying(1), _overCeiling(TOKEN, 100, 100, 1, MIDNIGHT));
        _notRedeemable(_other(TRANSFER, 51, 2), _overCeiling(OTHER, 50, 0, 51, MIDNIGHT));
        _redeemable(_other(TRANSFER, 50, 2));
        vm.warp(MIDNIGHT - 1);
        _notRedeemable(_paying(1), _overCeiling(TOKEN, 100, 100, 1, MIDNIGHT));
        vm.warp(MIDNIGHT);
        _redeemable(_paying(100));
    }

    function test_nativeCeiling() public {
        _grant();
        _set(address(0), DAY, 100);
        Call memory call = _ping();
        call.value = 101;
        _notRedeemable(call, _overCeiling(address(0), 100, 0, 101, MIDNIGHT));
        call.value = 100;
        _redeemable(call);
        _notRedeemable(_withValue(1), _overCeiling(address(0), 100, 100, 1, MIDNIGHT));
        _redeemable(_ping());
    }

    function test_ceilingPerRedemption() public {
        _grant();
        _set(TOKEN, OPERATION, 100);
        for (uint256 i; i < 3; ++i) _redeemable(_paying(100));
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_paying(50), _paying(51));
        _refuses(_redemption(calls), _overCeiling(TOKEN, 100, 0, 101, NEVER));
    }

    function test_ceilingBeforeWhatWasCounted() public {
        meters[0].period = OPERATION;
        (limits.nativeCap, limits.nativePeriod) = (0, 0);
        permissions[0].body = "";
        _grant();
        _set(TOKEN, HOUR, 100);
        uint256 hour = NOON / 1 hours;
        _window(NOON + 1 hours, NOON + 1 hours + 9);
        _accepts(_paying(60));
        _notRedeemable(
            _paying(1), abi.encodeWithSelector(CeilingWindowBeforeCounted.selector, TOKEN, HOUR, hour, hour + 1)
        );
        vm.warp(NOON + 1 hours);
        _notRedeemable(_paying(41), _overCeiling(TOKEN, 100, 60, 41, NOON + 2 hours));
        _redeemable(_paying(40));
    }

    function test_ceilingOfAnUnknownAmount() public {
        _grant();
        _redeemable(_other(MINT, 1, 3));
        _set(OTHER, DAY, 100);
        _notRedeemable(
            _other(MINT, 1, 3), abi.encodeWithSelector(CeilingAmountUnknown.selector, 0, OTHER, MINT)
        );
    }

    function test_liftedCeiling() public {
        _grant();
        _set(TOKEN, DAY, 10);
        _redeemable(_paying(10));
        _notRedeemable(_paying(1), _overCeiling(TOKEN, 10, 10, 1, MIDNIGHT));
        _set(TOKEN, 0, 0);
        _redeemable(_paying(500));
    }

    // ------------------------------------------------------------------ preview

    function test_previewTells() public {
        meters.push(Meter(address(1), CALLS, HOUR, 3));
        _grant();
        _set(address(0), DAY, 100);
        _set(TOKEN, OPERATION, 50);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_withValue(30), _paying(20));
        ISessionKeyModule.Preview memory told = _preview(_redemption(calls));
        assertEq(told.meterCharges[1], 2, "calls");
        assertEq(told.meterLeft[1], 1, "calls left");
        assertEq(told.ceilings.length, 2, "ceilings");
        assertEq(
            abi.encode(told.ceilings[0]),
            abi.encode(ISessionKeyRecords.CeilingPreview(address(0), DAY, 100, 30, 70)),
            "native"
        );
        assertEq(
            abi.encode(told.ceilings[1]),
            abi.encode(ISessionKeyRecords.CeilingPreview(TOKEN, OPERATION, 50, 20, 30)),
            "token"
        );
        assertFalse(told.needsCosignature, "no co-signer");
    }

    // ------------------------------------------------------------------ helpers

    function _set(address token, uint256 period, uint256 cap) private {
        vm.prank(ACCOUNT);
        module.setCeiling(token, period, cap);
    }

    /// @dev From here on the fixture's key is another one, under the same policy.
    function _useSecondKey() private {
        key = vm.addr(SECOND_SECRET);
        signer = abi.encodePacked(uint8(1), key);
        keyId = keccak256(signer);
        _grant();
    }

    /// @dev As {DirectLaneTest-_notRedeemable}, with whichever key it is.
    function _notRedeemable(Call memory call, bytes memory problem) internal override {
        Redemption memory it = _redemption(call);
        it.secret = key == vm.addr(SECOND_SECRET) ? SECOND_SECRET : KEY_SECRET;
        _refuses(it, problem);
    }

    function _pingOf(uint256 word) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, word), 0);
    }

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) calls[i] = _ping();
    }

    function _withValue(uint256 value) private pure returns (Call memory call) {
        call = _ping();
        call.value = value;
    }

    function _paying(uint256 amount) private pure returns (Call memory call) {
        call = _transfer(amount);
        call.permission = 1;
    }

    function _other(bytes4 selector, uint256 amount, uint256 permission) private pure returns (Call memory) {
        return Call(OTHER, 0, abi.encodeWithSelector(selector, RECIPIENT, amount), permission);
    }

    function _refused(uint256 callIndex) private view returns (bytes memory) {
        return abi.encodeWithSelector(CheckerRefused.selector, callIndex, checker);
    }

    function _over(uint160 subject, uint256 tag, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            SpendingLimitExceeded.selector, address(subject), tag, cap, spent, attempted, resetsAt
        );
    }

    function _overCeiling(address token, uint256 cap, uint256 spent, uint256 attempted, uint256 resetsAt)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(CeilingExceeded.selector, token, cap, spent, attempted, resetsAt);
    }
}
