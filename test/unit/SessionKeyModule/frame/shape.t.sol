// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {BATCH_TRY, Call, OperationBytes, SINGLE} from "../../../utils/OperationBytes.sol";
import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// validateUserOp: the frame of a measured key
// ├── the one right `open`, calls, `close`: allowed; `open` and `close` count as no calls
// ├── refused: no frame, a single call, try mode, nothing inside, `close` or `open` missing or twice
// ├── refused: other bytes in `open` or `close`, or value with them; bytes that only look like `close`
// ├── refused: an id that another operation of the transaction has
// ├── a stub signature stages the frame too, for estimates
// └── the module stays a forbidden target inside a frame, and for a key that is not measured
contract FrameShapeTest is FrameTest {
    function setUp() public override {
        super.setUp();
        limits.maxUses = 2;
        _grant();
    }

    function _missing() private view returns (bytes memory) {
        return abi.encodeWithSelector(FrameMissing.selector, keyId);
    }

    /// @dev A batch of any calls over evidence for `inner`.
    function _batch(Call[] memory inner, Call[] memory all) private view returns (Draft memory) {
        return _draft(inner, OperationBytes.execute(bytes32(uint256(1) << 248), OperationBytes.batch(all)));
    }

    function _open(uint256 id) private view returns (bytes memory) {
        return abi.encodeCall(module.open, (id));
    }

    function test_allowed() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(30), _transfer(20));
        _passes(_framed(calls));
        assertEq(_state().usage.uses(), 2, "uses");
        assertEq(_tokenSpent(), 50, "spent once");
        _refuses(_framed(_transfer(1)), abi.encodeWithSelector(QuotaExceeded.selector, 2, 2, 1));
    }

    function test_withoutAFrame() public {
        _refuses(_transfer(1), _missing());
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(1), _transfer(1));
        _refuses(_draft(calls), _missing());
    }

    function test_tryMode() public {
        Draft memory draft = _framed(_transfer(1));
        draft.op.callData[4 + 1] = 0x01;
        assertEq(bytes32(BATCH_TRY) == bytes32(uint256(0x0101) << 240), true, "mode");
        _refuses(draft, _missing());
    }

    function test_nothingInside() public {
        _refuses(_framed(new Call[](0)), abi.encodeWithSelector(TargetForbidden.selector, 0, address(module)));
    }

    function test_single() public {
        Call[] memory one = _only(Call(address(module), 0, _open(0), 0));
        Draft memory draft = _draft(new Call[](0), OperationBytes.execute(SINGLE, OperationBytes.single(one[0])));
        _refuses(draft, abi.encodeWithSelector(TargetForbidden.selector, 0, address(module)));
    }

    function test_endsMissing() public {
        Call[] memory inner = new Call[](2);
        (inner[0], inner[1]) = (_transfer(1), _transfer(1));
        Call[] memory all = new Call[](3);
        (all[0], all[1], all[2]) = (Call(address(module), 0, _open(2), 0), inner[0], inner[1]);
        _refuses(_batch(inner, all), _missing());
        (all[0], all[1], all[2]) = (inner[0], inner[1], Call(address(module), 0, abi.encodeCall(module.close, ()), 0));
        _refuses(_batch(inner, all), _missing());
        inner = _only(_transfer(1));
        all[0] = Call(address(module), 0, _open(1), 0);
        (all[1], all[2]) = (inner[0], all[0]);
        _refuses(_batch(inner, all), _missing());
    }

    function test_moduleInside() public {
        Call[] memory all = new Call[](4);
        (all[0], all[1]) = (Call(address(module), 0, _open(1), 0), _transfer(1));
        (all[2], all[3]) = (all[0], Call(address(module), 0, abi.encodeCall(module.close, ()), 0));
        _refuses(
            _batch(_only(all[1]), all), abi.encodeWithSelector(TargetForbidden.selector, 2, address(module))
        );
    }

    function test_value() public {
        Call[] memory all = new Call[](3);
        (all[0], all[1]) = (Call(address(module), 1, _open(1), 0), _transfer(1));
        all[2] = Call(address(module), 0, abi.encodeCall(module.close, ()), 0);
        _refuses(_batch(_only(all[1]), all), _missing());
        (all[0].value, all[2].value) = (0, 1);
        _refuses(_batch(_only(all[1]), all), _missing());
    }

    function test_otherBytes() public {
        bytes memory first = _open(7);
        _refuses(_framed(_only(_transfer(7)), abi.encodePacked(first, uint8(0))), _missing());
        _refuses(_framed(_only(_transfer(7)), abi.encodeCall(module.close, ())), _missing());
        _refuses(_framed(_only(_transfer(7)), ""), _missing());
        first[3] ^= 0x01;
        _refuses(_framed(_only(_transfer(7)), first), _missing());
        Call[] memory all = new Call[](3);
        (all[0], all[1]) = (Call(address(module), 0, _open(1), 0), _transfer(1));
        bytes[3] memory lasts = [bytes(hex""), abi.encodePacked(module.close.selector, uint8(0)), _open(1)];
        for (uint256 i; i < lasts.length; ++i) {
            all[2] = Call(address(module), 0, lasts[i], 0);
            _refuses(_batch(_only(all[1]), all), _missing());
        }
    }

    /// @dev Bytes at the end that look like a call of `close`, inside the data of another call.
    function test_closeInsideData() public {
        _permitAnyPing();
        bytes memory look = abi.encode(module, uint256(0), uint256(96), uint256(4), module.close.selector);
        Call[] memory all = new Call[](3);
        (all[0], all[1]) = (Call(address(module), 0, _open(1), 0), _ping());
        all[2] = Call(APP, 0, abi.encodePacked(PING, look, bytes28(0)), 4);
        all[1].permission = 4;
        Call[] memory inner = new Call[](2);
        (inner[0], inner[1]) = (all[1], all[2]);
        _refuses(_batch(inner, all), _missing());
    }

    function _permitAnyPing() private {
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        limits.serial = 2;
        _grant();
    }

    function test_onlyTheEnds() public {
        Call[] memory all = new Call[](2);
        all[0] = Call(address(module), 0, _open(1), 0);
        all[1] = Call(address(module), 0, abi.encodeCall(module.close, ()), 0);
        _refuses(
            _batch(new Call[](0), all), abi.encodeWithSelector(TargetForbidden.selector, 0, address(module))
        );
    }

    function test_idTwice() public {
        bytes memory first = _open(7);
        _accepts(_framed(_only(_transfer(1)), first));
        bytes memory problem = abi.encodeWithSelector(FrameIdUsed.selector, ACCOUNT, 7);
        _rejects(_framed(_only(_transfer(1)), first), problem);
        _accepts(_framed(_only(_transfer(1)), _open(8)));
    }

    /// @dev As bundlers estimate: the signature is a stub, nothing is counted, and the calls run all the same.
    function test_stubSignature() public {
        Draft memory draft = _framed(_transfer(10));
        PackedUserOperation memory op = _sealed(draft, new bytes(65));
        assertEq(_validate(op) & 1, 1, "signature failed");
        assertEq(_state().usage.uses(), 0, "nothing counted");
        (bool success, bytes memory answer) = _execute(draft);
        assertEq(answer, "", "revert data");
        assertTrue(success, "calls run");
    }

    function test_unmeasuredKey() public {
        (limits.serial, limits.flags) = (2, 1);
        _grant();
        _refuses(
            _framed(_transfer(7)), abi.encodeWithSelector(TargetForbidden.selector, 0, address(module))
        );
        _accepts(_transfer(7));
    }
}
