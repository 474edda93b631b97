// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {
    BATCH,
    BATCH_TRY,
    Call,
    OperationBytes,
    REPEATED,
    SINGLE,
    SINGLE_TRY
} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the account's call data
// ├── function: refuses all but execute(bytes32,bytes), and data too short for any
// ├── mode
// │   ├── allows single and batch, default and try
// │   └── refuses each other call type, exec type, and any bit behind them
// ├── execute
// │   ├── refuses a head that is cut short
// │   ├── refuses another offset than 64
// │   ├── refuses a length that is not the data's own: one less, one more, absurd
// │   ├── refuses padding that is not zero
// │   └── refuses anything behind the end
// └── single
//     ├── refuses fewer than 52 bytes
//     └── allows exactly 52, which is a call without data
contract ValidateCallDataTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _permit(EXACT, MOVES_NOTHING, APP, PING);
        _grant();
    }

    function test_function() public {
        bytes4[5] memory selectors = [
            bytes4(keccak256("executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),bytes32)")),
            bytes4(keccak256("executeFromExecutor(bytes32,bytes)")),
            bytes4(keccak256("installModule(uint256,address,bytes)")),
            bytes4(keccak256("uninstallModule(uint256,address,bytes)")),
            bytes4(keccak256("execute(address,uint256,bytes)"))
        ];
        for (uint256 i; i < 5; ++i) {
            bytes memory data = _whole();
            for (uint256 j; j < 4; ++j) data[j] = selectors[i][j];
            _refusesData(data, abi.encodeWithSelector(AccountFunctionForbidden.selector, selectors[i]));
        }
        _refusesData("", abi.encodeWithSelector(AccountFunctionForbidden.selector, bytes4(0)));
        _refusesData(hex"e9ae5c", abi.encodeWithSelector(AccountFunctionForbidden.selector, bytes4(0)));
    }

    function test_allowedModes() public {
        _accepts(_with(SINGLE, OperationBytes.single(_ping())));
        _accepts(_with(SINGLE_TRY, OperationBytes.single(_ping())));
        _accepts(_with(BATCH, OperationBytes.batch(_pings(1))));
        _accepts(_with(BATCH_TRY, OperationBytes.batch(_pings(1))));
    }

    /// @dev Every bit of the mode but the lowest of its first two bytes is refused, delegatecall (0xff) among them.
    function test_otherModes() public {
        for (uint256 bit; bit < 256; ++bit) {
            if (bit == 240 || bit == 248) continue;
            bytes32 mode = bytes32(uint256(1) << bit);
            _refuses(
                _with(mode, OperationBytes.single(_ping())), abi.encodeWithSelector(ModeForbidden.selector, mode)
            );
        }
        bytes32 delegateCall = bytes32(uint256(0xff) << 248);
        bytes memory executions = abi.encodePacked(APP, abi.encodeWithSelector(PING, 1));
        _refuses(_with(delegateCall, executions), abi.encodeWithSelector(ModeForbidden.selector, delegateCall));
    }

    function test_headCutShort() public {
        bytes memory whole = _whole();
        for (uint256 length = 4; length < 100; ++length) {
            _refusesData(_cut(whole, length), abi.encodeWithSelector(CallDataMalformed.selector, length));
        }
    }

    function test_offset() public {
        for (uint256 i; i < 3; ++i) {
            bytes memory data = _whole();
            _setWord(data, 36, [uint256(63), 96, 2 ** 255][i]);
            _refusesData(data, abi.encodeWithSelector(CallDataMalformed.selector, 36));
        }
    }

    function test_length() public {
        // 88 bytes of call in 96: only 88 itself leads to zeros and to the end.
        bytes memory data = _whole();
        uint256[5] memory wrong = [uint256(64), 97, 2 ** 32, 2 ** 64 + 88, type(uint256).max];
        for (uint256 i; i < 5; ++i) {
            _setWord(data, 68, wrong[i]);
            _refusesData(data, abi.encodeWithSelector(CallDataMalformed.selector, 68));
        }
    }

    function test_padding() public {
        for (uint256 position = 188; position < 196; ++position) {
            bytes memory data = _whole();
            data[position] = 0x01;
            _refusesData(data, abi.encodeWithSelector(CallDataMalformed.selector, 188));
        }
    }

    function test_nothingBehind() public {
        _refusesData(abi.encodePacked(_whole(), uint8(0)), abi.encodeWithSelector(CallDataMalformed.selector, 68));
        _refusesData(abi.encodePacked(_whole(), uint256(0)), abi.encodeWithSelector(CallDataMalformed.selector, 68));
        bytes memory whole = _whole();
        _refusesData(_cut(whole, whole.length - 1), abi.encodeWithSelector(CallDataMalformed.selector, 68));
    }

    function test_singleHead() public {
        bytes memory packed = abi.encodePacked(APP, uint256(0));
        _refuses(_with(SINGLE, _cut(packed, 51)), abi.encodeWithSelector(CallDataMalformed.selector, 68));
        _refuses(_with(SINGLE, ""), abi.encodeWithSelector(CallDataMalformed.selector, 68));
        // 52 bytes decode; what then fails is that no permission is for empty call data.
        _refuses(
            _with(SINGLE, packed),
            abi.encodeWithSelector(CallNotPermitted.selector, 0, APP, bytes4(0), _policyRoot())
        );
    }

    // ------------------------------------------------------------------ helpers

    /// @dev execute(single, ping): 4 + 96 of head, 88 of call, 8 of padding.
    function _whole() private pure returns (bytes memory) {
        return OperationBytes.execute(SINGLE, OperationBytes.single(_ping()));
    }

    function _pings(uint256 count) private pure returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = _ping();
            if (i != 0) calls[i].permission = REPEATED;
        }
    }

    function _with(bytes32 mode, bytes memory executions) private view returns (Draft memory draft) {
        draft = _draft(_ping());
        draft.op.callData = OperationBytes.execute(mode, executions);
    }

    function _refusesData(bytes memory callData, bytes memory problem) private {
        Draft memory draft = _draft(_ping());
        draft.op.callData = callData;
        _refuses(draft, problem);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }

    function _setWord(bytes memory data, uint256 offset, uint256 value) private pure {
        // Assembly: one word in the middle of a byte string.
        assembly ("memory-safe") {
            mstore(add(add(data, 32), offset), value)
        }
    }
}
