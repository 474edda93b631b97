// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyModule} from "../../../contracts/interfaces/ISessionKeyModule.sol";
import {
    CHARGED,
    DAY,
    EMPTY_CALLDATA,
    EXACT,
    HOUR,
    LIFETIME,
    MOVES_NOTHING,
    OPERATION
} from "../../utils/Codes.sol";
import {Call} from "../../utils/OperationBytes.sol";
import {Meter, PolicyBytes} from "../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../utils/SessionKeyTest.sol";

// preview (that it accepts and refuses exactly as validation does, {SessionKeyTest} checks at every step of every test)
// ├── tells key, window, calls and charges, and what each limit would have left
// ├── counts what was spent before, and forgets it in a new period
// ├── tells "no limit" as the largest number
// ├── limits per operation have left what this operation leaves
// ├── needs neither signature nor the account as caller, and writes nothing
// └── does not read the clock
contract PreviewTest is SessionKeyTest {
    address private constant OTHER = address(uint160(uint256(keccak256("other token"))));

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1000, DAY);
        (limits.rateLimit, limits.ratePeriod, limits.maxUses) = (10, HOUR, 20);
        _meter(TOKEN, DAY, 100);
        meters.push(Meter(TOKEN, 1, LIFETIME, 500));
        _meter(OTHER, OPERATION, 30);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _permit(EXACT, CHARGED, OTHER, TRANSFER);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0, PolicyBytes.maxValueBody(1 ether));
    }

    function test_figures() public {
        _grant();
        ISessionKeyModule.Preview memory it = _preview(_three());
        assertEq(it.keyId, keyId, "keyId");
        assertEq(it.validAfter, NOON, "validAfter");
        assertEq(it.validUntil, NOON + 59, "validUntil");
        assertEq(it.calls, 3, "calls");
        // 7.5 gwei of value and 10 gwei of gas, rounded up.
        assertEq(it.nativeCharge, 18e9, "nativeCharge");
        assertEq(it.nativeLeft, 982e9, "nativeLeft");
        assertEq(it.rateLeft, 7, "rateLeft");
        assertEq(it.usesLeft, 17, "usesLeft");
        _meterFigures(it, 0, 40, 60);
        _meterFigures(it, 1, 40, 460);
        _meterFigures(it, 2, 12, 18);
    }

    function test_countsWhatWasSpent() public {
        _grant();
        _accepts(_three());
        ISessionKeyModule.Preview memory it = _preview(_three());
        assertEq(it.nativeLeft, 964e9, "nativeLeft");
        assertEq(it.rateLeft, 4, "rateLeft");
        assertEq(it.usesLeft, 14, "usesLeft");
        _meterFigures(it, 0, 40, 20);
        _meterFigures(it, 1, 40, 420);
        _meterFigures(it, 2, 12, 18);

        // A day later; nothing is charged to the meters.
        _window(NOON + 1 days, NOON + 1 days + 59);
        Draft memory draft = _draft(Call(APP, 1, "", 2));
        it = _preview(draft);
        assertEq(it.nativeLeft, 999e9, "a new day, less a rounded gwei");
        assertEq(it.rateLeft, 9, "rateLeft");
        assertEq(it.usesLeft, 16, "uses stay");
        _meterFigures(it, 0, 0, 100);
        _meterFigures(it, 1, 0, 460);
        _meterFigures(it, 2, 0, 30);
    }

    function test_laterMeterInANewPeriod() public {
        delete meters;
        _meter(OTHER, LIFETIME, 500);
        _meter(TOKEN, DAY, 100);
        _grant();
        _accepts(_transfer(40));
        _window(NOON + 1 days, NOON + 1 days + 59);
        ISessionKeyModule.Preview memory it = _preview(_draft(Call(APP, 0, "", 2)));
        _meterFigures(it, 1, 0, 100);
    }

    function test_noLimits() public {
        delete meters;
        delete permissions;
        (limits.nativeCap, limits.nativePeriod, limits.rateLimit) = (0, 0, 0);
        (limits.ratePeriod, limits.maxUses) = (0, 0);
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
        ISessionKeyModule.Preview memory it = _preview(_draft(_ping()));
        assertEq(it.nativeLeft, 0, "no cap is nothing left");
        assertEq(it.rateLeft, type(uint256).max, "no rate limit");
        assertEq(it.usesLeft, type(uint256).max, "no quota");
        assertEq(it.meterCharges.length, 0, "no meters");
    }

    function test_nativePerOperation() public {
        limits.nativePeriod = OPERATION;
        _grant();
        for (uint256 i; i < 2; ++i) {
            ISessionKeyModule.Preview memory it = _preview(_three());
            assertEq(it.nativeLeft, 982e9, "nativeLeft");
            _accepts(_three());
        }
    }

    function test_writesNothingAndReadsNoClock() public {
        _grant();
        Draft memory draft = _three();
        vm.record();
        _preview(draft);
        (, bytes32[] memory writes) = vm.accesses(address(module));
        assertEq(writes.length, 0, "writes");
        bytes32 now_ = keccak256(abi.encode(_preview(draft)));
        vm.warp(NOON + 2000 days);
        assertEq(keccak256(abi.encode(_preview(draft))), now_, "long after its window");
    }

    function _three() private view returns (Draft memory draft) {
        Call[] memory calls = new Call[](3);
        calls[0] = _transfer(40);
        calls[1] = Call(OTHER, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 12), 1);
        calls[2] = Call(APP, 7.5e9, "", 2);
        draft = _draft(calls);
        _gas(draft, 10, 1e9);
    }

    function _preview(Draft memory draft) private view returns (ISessionKeyModule.Preview memory) {
        return module.preview(_sealed(draft, ""));
    }

    function _meterFigures(ISessionKeyModule.Preview memory it, uint256 i, uint256 charge, uint256 left)
        private
        pure
    {
        assertEq(it.meterCharges[i], charge, "meterCharges");
        assertEq(it.meterLeft[i], left, "meterLeft");
    }
}
