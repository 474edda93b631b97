// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_TARGET, EMPTY_CALLDATA, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {BATCH, Call, OperationBytes, REPEATED} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the canonical batch
// ├── allows what the standard encoder writes, of one call and of many, with data of any length
// ├── refuses an empty batch
// ├── refuses an array offset other than 32, and too little to hold one
// ├── refuses a count larger than the data, one too many, one too few
// ├── refuses dirty upper bits of a target
// ├── refuses an offset of a call that the encoder would not write: overlapping, out of order, with a gap
// ├── refuses an offset of a call's data other than 96
// ├── refuses a data length that reaches beyond the end, absurd ones included
// ├── refuses padding that is not zero
// ├── refuses anything behind the end
// └── fuzz: of all changes of one byte, only those pass that leave a canonical encoding
contract ValidateBatchTest is SessionKeyTest {
    /// @dev Where things are in `abi.encode(Execution[])` of two pings: array offset 0, count 32, call offsets 64 and 96,
    /// first call at 128 (target, value, offset, length, 64 bytes of data), second at 320.
    uint256 private constant FIRST = 128;
    uint256 private constant SECOND = 320;
    uint256 private constant EXECUTIONS = 100;

    function setUp() public override {
        super.setUp();
        limits.nativeCap = 1e9;
        limits.nativePeriod = 4;
        limits.maxUses = 1e6;
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _permit(EMPTY_CALLDATA, MOVES_NOTHING, APP, 0);
        _permit(ANY_TARGET, MOVES_NOTHING, address(0), PING);
        _grant();
    }

    function test_canonical() public {
        for (uint256 count = 1; count < 6; ++count) _accepts(_draft(_pings(count)));
        // Lengths around a word: 0, 4, 31, 32, 33.
        Call[] memory calls = _pings(5);
        calls[0] = Call(APP, 0, "", 1);
        calls[1] = Call(APP, 0, abi.encodePacked(PING), 0);
        calls[2] = Call(APP, 0, abi.encodePacked(PING, new bytes(27)), 0);
        calls[3] = Call(APP, 0, abi.encodePacked(PING, new bytes(28)), 0);
        calls[4] = Call(APP, 0, abi.encodePacked(PING, new bytes(29)), 0);
        _accepts(_draft(calls));
    }

    function test_empty() public {
        Call[] memory none = new Call[](0);
        _refuses(_draft(none), abi.encodeWithSelector(BatchEmpty.selector));
    }

    function test_arrayOffset() public {
        _refusesWord(0, 64, 0);
        _refusesWord(0, 0, 0);
        Draft memory draft = _draft(_pings(1));
        draft.op.callData = OperationBytes.execute(BATCH, abi.encode(32));
        _refuses(draft, abi.encodeWithSelector(CallDataMalformed.selector, EXECUTIONS));
    }

    function test_count() public {
        _refusesWord(32, 4, 32);
        _refusesWord(32, type(uint256).max, 32);
        // Three calls in the space of two: the first offset would have to be 96.
        _refusesWord(32, 3, 64);
        // One of two: the first offset would have to be 32.
        _refusesWord(32, 1, 64);
    }

    function test_targetBits() public {
        for (uint256 bit = 160; bit < 256; ++bit) {
            _refusesWord(FIRST, uint256(uint160(APP)) | (1 << bit), FIRST);
        }
        _refusesWord(SECOND, uint256(uint160(APP)) | (1 << 160), SECOND);
    }

    function test_callOffset() public {
        _refusesWord(64, 32, 64);
        _refusesWord(64, 96, 64);
        _refusesWord(64, 256, 64);
        // The second call read at the first one's place.
        _refusesWord(96, 64, 96);
        _refusesWord(96, 288, 96);
        _refusesWord(96, type(uint256).max, 96);
    }

    function test_dataOffset() public {
        _refusesWord(FIRST + 64, 64, FIRST);
        _refusesWord(FIRST + 64, 128, FIRST);
        _refusesWord(SECOND + 64, 97, SECOND);
    }

    function test_dataLength() public {
        // The last call ends where the batch ends: one word more reaches beyond.
        _refusesWord(SECOND + 96, 65, SECOND + 96);
        _refusesWord(SECOND + 96, type(uint256).max, SECOND + 96);
        _refusesWord(SECOND + 96, type(uint256).max - 31, SECOND + 96);
        // One word less leaves something behind the end.
        _refusesWord(SECOND + 96, 32, SECOND + 160);
        // The first call's end is where the second's offset points to.
        _refusesWord(FIRST + 96, 32, 96);
    }

    function test_padding() public {
        // 36 bytes of data in 64.
        for (uint256 position = FIRST + 128 + 36; position < FIRST + 192; ++position) {
            Draft memory draft = _draft(_pings(2));
            draft.op.callData[EXECUTIONS + position] = 0x80;
            _refuses(draft, abi.encodeWithSelector(CallDataMalformed.selector, EXECUTIONS + FIRST + 128 + 36));
        }
    }

    function test_nothingBehind() public {
        bytes memory executions = OperationBytes.batch(_pings(2));
        Draft memory draft = _draft(_pings(2));
        draft.op.callData = OperationBytes.execute(BATCH, abi.encodePacked(executions, uint256(0)));
        _refuses(draft, abi.encodeWithSelector(CallDataMalformed.selector, EXECUTIONS + executions.length));
        draft.op.callData = OperationBytes.execute(BATCH, abi.encodePacked(executions, uint8(0)));
        _refuses(draft, abi.encodeWithSelector(CallDataMalformed.selector, EXECUTIONS + executions.length));
    }

    /// @dev What passes must read the same to Solidity's own decoder and encode back to the very same bytes.
    function test_fuzz_oneByteChanged(uint256 position, uint8 change) public view {
        Call[] memory calls = _pings(3);
        calls[0].permission = 2;
        Draft memory draft = _draft(calls);
        position = bound(position, 0, draft.op.callData.length - 1);
        draft.op.callData[position] = bytes1(uint8(draft.op.callData[position]) ^ uint8(bound(change, 1, 255)));
        try module.preview(_signed(draft)) {
            assertEq(_reencoded(draft.op.callData), draft.op.callData, "a second way to write the same calls");
        } catch (bytes memory problem) {
            assertTrue(bytes4(problem) != bytes4(keccak256("Panic(uint256)")), "panic");
        }
    }

    // ------------------------------------------------------------------ helpers

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = _ping();
            if (i != 0) calls[i].permission = REPEATED;
        }
    }

    /// @dev A batch of two pings with one word changed is refused, at `problemAt` of the executions.
    function _refusesWord(uint256 offset, uint256 value, uint256 problemAt) private {
        Draft memory draft = _draft(_pings(2));
        bytes memory data = draft.op.callData;
        // Assembly: one word in the middle of a byte string.
        assembly ("memory-safe") {
            mstore(add(add(data, 132), offset), value)
        }
        _refuses(draft, abi.encodeWithSelector(CallDataMalformed.selector, EXECUTIONS + problemAt));
    }

    function _reencoded(bytes memory callData) private view returns (bytes memory) {
        (bytes32 mode, bytes memory executions) = this.decodeArguments(callData);
        OperationBytes.Execution[] memory calls = abi.decode(executions, (OperationBytes.Execution[]));
        return OperationBytes.execute(mode, abi.encode(calls));
    }

    function decodeArguments(bytes calldata callData) external pure returns (bytes32, bytes memory) {
        return abi.decode(callData[4:], (bytes32, bytes));
    }
}
