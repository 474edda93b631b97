// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {DAY, EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call, REPEATED} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: pinned argument words
// ├── EQUAL: allows the very word, refuses a word that differs in any one bit
// ├── EQUAL_SELF: allows the account, refuses another address and dirty upper bits
// ├── several pins all hold; the first broken one is named
// ├── the last word that a path can name (255)
// ├── refuses data that ends inside the word, never reads it as zero
// ├── hold beside a largest value
// └── hold again for a call that repeats the permission
contract ValidatePinnedWordsTest is SessionKeyTest {
    bytes32 private constant PINNED = keccak256("pinned");
    uint256 private constant TWO_PINS = 0;
    uint256 private constant LAST_WORD = 1;
    uint256 private constant WITH_VALUE = 2;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod) = (1e9, DAY);
        bytes[] memory clauses = new bytes[](2);
        clauses[0] = PolicyBytes.pin(1, PINNED);
        clauses[1] = PolicyBytes.pinSelf(0);
        _permit(EXACT, MOVES_NOTHING, APP, PING, PolicyBytes.body(0, clauses));
        _permit(EXACT, MOVES_NOTHING, APP, bytes4("last"), PolicyBytes.body(PolicyBytes.pin(255, PINNED)));
        _permit(EXACT, MOVES_NOTHING, APP, bytes4("fund"), PolicyBytes.body(5, clauses));
        _grant();
    }

    function test_equal() public {
        _accepts(_call(ACCOUNT, PINNED));
        for (uint256 bit; bit < 256; ++bit) {
            bytes32 word = PINNED ^ bytes32(1 << bit);
            _refuses(_call(ACCOUNT, word), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 1, PINNED, word));
        }
    }

    function test_equalSelf() public {
        bytes32 self = bytes32(uint256(uint160(ACCOUNT)));
        for (uint256 bit; bit < 256; bit += 5) {
            bytes32 word = self ^ bytes32(1 << bit);
            Call memory call = Call(APP, 0, abi.encodePacked(PING, word, PINNED), TWO_PINS);
            _refuses(call, abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 0, self, word));
        }
    }

    function test_firstBrokenIsNamed() public {
        // The clauses' order is the policy's: word 1 first.
        _refuses(_call(APP, 0), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 1, PINNED, bytes32(0)));
    }

    function test_lastWord() public {
        bytes memory data = abi.encodePacked(bytes4("last"), new bytes(32 * 255), PINNED);
        _accepts(Call(APP, 0, data, LAST_WORD));
        data[4 + 32 * 255] ^= 0x01;
        bytes32 actual = PINNED ^ bytes32(uint256(1) << 248);
        _refuses(
            Call(APP, 0, data, LAST_WORD),
            abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 255, PINNED, actual)
        );
        data = abi.encodePacked(bytes4("last"), new bytes(32 * 255), bytes31(PINNED));
        _refuses(Call(APP, 0, data, LAST_WORD), abi.encodeWithSelector(ArgumentMissing.selector, 0, 255, data.length));
    }

    function test_missingWord() public {
        _refuses(
            Call(APP, 0, abi.encodePacked(PING), TWO_PINS), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 4)
        );
        bytes memory data = abi.encodePacked(PING, bytes32(uint256(uint160(ACCOUNT))), bytes31(PINNED));
        _refuses(Call(APP, 0, data, TWO_PINS), abi.encodeWithSelector(ArgumentMissing.selector, 0, 1, 67));
    }

    function test_besideMaxValue() public {
        bytes memory data = abi.encodePacked(bytes4("fund"), bytes32(uint256(uint160(ACCOUNT))), PINNED);
        _accepts(Call(APP, 5, data, WITH_VALUE));
        _refuses(Call(APP, 6, data, WITH_VALUE), abi.encodeWithSelector(CallValueExceeded.selector, 0, 5, 6));
        data[40] ^= 0xff;
        bytes32 word = PINNED ^ bytes32(uint256(0xff) << 216);
        _refuses(
            Call(APP, 5, data, WITH_VALUE), abi.encodeWithSelector(PinnedWordMismatch.selector, 0, 1, PINNED, word)
        );
    }

    function test_repeated() public {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_call(ACCOUNT, PINNED), _call(ACCOUNT, 0));
        calls[1].permission = REPEATED;
        _refuses(
            _draft(calls), abi.encodeWithSelector(PinnedWordMismatch.selector, 1, 1, PINNED, bytes32(0))
        );
        calls[1].data = calls[0].data;
        _accepts(_draft(calls));
    }

    function _call(address first, bytes32 second) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, first, second), TWO_PINS);
    }
}
