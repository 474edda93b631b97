// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ANY_SELECTOR, CHARGED, DAY, EXACT, UNCAPPED} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";
import {TokenTable} from "../../../utils/TokenTable.sol";

// validateUserOp: every function that moves or approves tokens
// ├── whose amount is an argument word
// │   ├── is charged exactly that word
// │   └── is refused when its data ends inside that word
// └── of whatever kind is never covered by ANY_SELECTOR, not even uncapped
contract ValidateTokenSelectorsTest is SessionKeyTest {
    using TokenTable for TokenTable.Entry;

    function test_chargesTheAmount() public {
        TokenTable.Entry[] memory list = TokenTable.chargeable();
        for (uint256 i; i < list.length; ++i) {
            _grantFor(list[i]);
            uint256 word = list[i].amountWord;
            // The cap is 100, and no other word can be taken for the amount.
            _accepts(_call(list[i], 100));
            _refuses(_call(list[i], 1), abi.encodeWithSelector(
                SpendingLimitExceeded.selector, TOKEN, 0, 100, 100, 1, NOON + 12 hours
            ));
            Call memory call = _call(list[i], 0);
            call.data = _cut(call.data, 4 + 32 * word + 31);
            _refuses(
                call, abi.encodeWithSelector(ArgumentMissing.selector, 0, word, call.data.length)
            );
            call.data = _cut(_call(list[i], 0).data, 4 + 32 * word + 32);
            _accepts(call);
        }
    }

    function test_noWildcard() public {
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1e9, DAY, 1e6);
        _permit(ANY_SELECTOR, UNCAPPED, APP, 0);
        _grant();
        _refusesAll(TokenTable.chargeable());
        _refusesAll(TokenTable.uncountable());
    }

    function _refusesAll(TokenTable.Entry[] memory list) private {
        for (uint256 i; i < list.length; ++i) {
            bytes4 selector = list[i].selector();
            _refuses(
                Call(APP, 0, abi.encodePacked(selector, new bytes(320)), 0),
                abi.encodeWithSelector(SelectorForbiddenByWildcard.selector, 0, selector)
            );
        }
    }

    function _grantFor(TokenTable.Entry memory entry) private {
        _clearPolicy();
        _meter(TOKEN, DAY, 100);
        bytes memory body;
        if (entry.spenderWord != TokenTable.NONE) {
            body = PolicyBytes.body(PolicyBytes.pin(uint8(entry.spenderWord), bytes32(1000 + entry.spenderWord)));
        }
        _permit(EXACT, CHARGED, TOKEN, entry.selector(), body);
        _grant();
        ++limits.serial;
    }

    /// @dev Ten argument words of 1000 and more, but for the amount.
    function _call(TokenTable.Entry memory entry, uint256 amount) private pure returns (Call memory) {
        bytes memory data = abi.encodePacked(entry.selector());
        for (uint256 word; word < 10; ++word) {
            data = abi.encodePacked(data, word == entry.amountWord ? amount : 1000 + word);
        }
        return Call(TOKEN, 0, data, 0);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
