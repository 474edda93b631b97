// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, LIFETIME, NEVER, OPERATION} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {Meter} from "../../../utils/PolicyBytes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// close: what left the account beyond what validation charged
// ├── nothing beyond: nothing more is charged; less than charged: nothing is given back
// ├── a router pulling an old allowance is charged, up to the cap exactly; one more reverts and charges nothing
// ├── a fee on transfer is charged
// ├── income in the frame is set off; native likewise, in whole gwei upwards
// ├── OPERATION caps hold charge and excess together, gas included
// ├── second meters of the same token, and of a later window
// └── a balance that is not told refuses; one that lies tells nothing
contract FrameExcessTest is FrameTest {
    function test_nothingBeyond() public {
        _grant();
        _passes(_framed(_transfer(100)));
        assertEq(_tokenSpent(), 100, "spent");
    }

    function test_pullByOldAllowance() public {
        _grant();
        _passes(_framed(_pull(100)));
        assertEq(_tokenSpent(), 100, "measured");
        _fails(_framed(_pull(1)), _overCap(100, 1));
        assertEq(_tokenSpent(), 100, "a revert leaves nothing");
        assertEq(METERED.balanceOf(ACCOUNT), 9_900, "balance");
    }

    function test_transferAndPull() public {
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(60), _pull(41));
        _fails(_framed(calls), _overCap(60, 41));
        // Validation has charged the failed operation's 60; a new day.
        vm.warp(NOON + 1 days);
        _window(NOON + 1 days, NOON + 1 days + 59);
        calls[1] = _pull(40);
        _passes(_framed(calls));
        assertEq(_tokenSpent(), 100, "both");
    }

    function test_feeOnTransfer() public {
        _grant();
        METERED.setFee(5);
        _passes(_framed(_transfer(95)));
        assertEq(_tokenSpent(), 100, "fee");
        vm.warp(NOON + 1 days);
        _window(NOON + 1 days, NOON + 1 days + 59);
        _fails(
            _framed(_transfer(96)),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, 96, 5, MIDNIGHT + 1 days)
        );
    }

    function test_incomeIsSetOff() public {
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_pull(500), _swap(0, TOKEN, 450));
        _passes(_framed(calls));
        assertEq(_tokenSpent(), 50, "net");
    }

    function test_native() public {
        _grant();
        _passes(_framed(_throughRouter(1 ether, 1 ether - 1)));
        assertEq(_state().usage.nativeSpent(), 1e9, "charged as said, nothing back");
    }

    /// @dev The account's own code gives native away behind the module's back, as a callback could have it do.
    function test_nativeBehindTheBack() public {
        limits.nativePeriod = LIFETIME;
        _grant();
        bytes memory leak = abi.encodeWithSignature("execute(bytes32,bytes)", 0, _payments(1 ether - 1 gwei + 1));
        _passes(_framed(_callBack(ACCOUNT, leak)));
        assertEq(_state().usage.nativeSpent(), 1e9, "rounded up");
        leak = abi.encodeWithSignature("execute(bytes32,bytes)", 0, _payments(1));
        _fails(
            _framed(_callBack(ACCOUNT, leak)),
            abi.encodeWithSelector(NativeLimitExceeded.selector, 1 ether, 1 ether, 1, NEVER)
        );
    }

    function test_noNativeCap() public {
        (limits.nativeCap, limits.nativePeriod) = (0, 0);
        _grant();
        bytes memory leak = abi.encodeWithSignature("execute(bytes32,bytes)", 0, _payments(1));
        _fails(
            _framed(_callBack(ACCOUNT, leak)),
            abi.encodeWithSelector(NativeLimitExceeded.selector, 0, 0, 1, NEVER)
        );
    }

    function _payments(uint256 value) private pure returns (bytes memory) {
        Call[] memory calls = _only(Call(STRANGER, value, "", 0));
        return _encoded(calls);
    }

    function _encoded(Call[] memory calls) private pure returns (bytes memory out) {
        out = abi.encode(uint256(32), uint256(1), uint256(32), calls[0].target, calls[0].value, uint256(96), uint256(0));
    }

    function test_operationCaps() public {
        (meters[0].period, limits.nativePeriod) = (OPERATION, OPERATION);
        _grant();
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(60), _pull(40));
        _passes(_framed(calls));
        _passes(_framed(calls));
        calls[1] = _pull(41);
        bytes memory problem = abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 0, 100, 60, 41, NEVER);
        _fails(_framed(calls), problem);
    }

    function test_operationCapWithGas() public {
        limits.nativePeriod = OPERATION;
        _grant();
        bytes memory leak = abi.encodeWithSignature("execute(bytes32,bytes)", 0, _payments(0.5 ether));
        Draft memory draft = _framed(_callBack(ACCOUNT, leak));
        _gas(draft, 1e6, 0.5 ether / 1e6);
        _passes(draft);
        draft = _framed(_callBack(ACCOUNT, leak));
        _gas(draft, 1e6, 0.5 ether / 1e6 + 1 gwei);
        _fails(
            draft,
            abi.encodeWithSelector(
                NativeLimitExceeded.selector, 1 ether, 0.5 ether + 1e6 gwei, 0.5 ether, NEVER
            )
        );
    }

    function test_secondMeters() public {
        meters.push(Meter(TOKEN, 1, LIFETIME, 150));
        meters.push(Meter(address(BOUGHT), 0, DAY, 10));
        _grant();
        _passes(_framed(_pull(90)));
        assertEq(_state().meters[1].spent(), 90, "second meter of the token");
        assertEq(_state().meters[2].spent(), 0, "another token's");
        vm.warp(NOON + 1 days);
        _window(NOON + 1 days, NOON + 1 days + 59);
        _fails(
            _framed(_pull(61)),
            abi.encodeWithSelector(SpendingLimitExceeded.selector, TOKEN, 1, 150, 90, 61, NEVER)
        );
        _passes(_framed(_pull(60)));
        assertEq(_tokenSpent(), 60, "a new day");
        assertEq(_state().meters[1].spent(), 150, "the same life");
    }

    function test_silentBalance() public {
        _grant();
        METERED.setSilent(true);
        _fails(_framed(_transfer(1)), abi.encodeWithSelector(BalanceUnreadable.selector, TOKEN));
        vm.etch(TOKEN, "");
        _fails(_framed(_transfer(1)), abi.encodeWithSelector(BalanceUnreadable.selector, TOKEN));
    }

    /// @dev A token that lies hides what leaves; what the call says is charged all the same.
    function test_lyingBalance() public {
        _grant();
        METERED.setTold(1e40);
        _passes(_framed(_transfer(100)));
        assertEq(_tokenSpent(), 100, "charged by the call");
    }
}
