// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ANY_SELECTOR,
    ANY_TARGET,
    CHARGED,
    DAY,
    EMPTY_CALLDATA,
    EXACT,
    MOVES_NOTHING,
    UNCAPPED
} from "../../../utils/Codes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";
import {TokenTable} from "../../../utils/TokenTable.sol";

// grant: what a permission must be charged with
// ├── MOVES_NOTHING
// │   ├── allows a function that is not in the table, at a target that is not metered
// │   ├── refuses every function of the table, metered or not
// │   └── refuses whatever is called on a metered token, by EXACT, ANY_SELECTOR and EMPTY_CALLDATA
// ├── CHARGED
// │   ├── allows a chargeable function of a metered token
// │   └── refuses a token without a meter, a function without an amount, and every kind but EXACT
// ├── UNCAPPED: allows all of these
// └── a function that approves, whatever its mark
//     ├── refuses no pin, and a pin of another word
//     └── allows a pin of the spender's word, to an operand or to the account itself
contract GrantMarksTest is SessionKeyTest {
    using TokenTable for TokenTable.Entry;

    function setUp() public override {
        super.setUp();
        (limits.nativeCap, limits.nativePeriod, limits.maxUses) = (1, DAY, 1);
        _meter(TOKEN, DAY, 100);
    }

    function test_movesNothing() public {
        _only(EXACT, MOVES_NOTHING, APP, PING, "");
        _only(ANY_TARGET, MOVES_NOTHING, address(0), PING, "");
        _only(EXACT, MOVES_NOTHING, TOKEN, PING, _notCharged(TOKEN, PING));
        _only(ANY_SELECTOR, MOVES_NOTHING, TOKEN, 0, _notCharged(TOKEN, 0));
        _only(EMPTY_CALLDATA, MOVES_NOTHING, TOKEN, 0, _notCharged(TOKEN, 0));
    }

    function test_movesNothingIsNotForTokenFunctions() public {
        for (uint256 table; table < 2; ++table) {
            TokenTable.Entry[] memory entries = table == 0 ? TokenTable.chargeable() : TokenTable.uncountable();
            for (uint256 i; i < entries.length; ++i) {
                bytes4 selector = entries[i].selector();
                _only(EXACT, MOVES_NOTHING, APP, selector, _notCharged(APP, selector));
                _only(EXACT, MOVES_NOTHING, TOKEN, selector, _notCharged(TOKEN, selector));
            }
        }
    }

    function test_charged() public {
        TokenTable.Entry[] memory entries = TokenTable.chargeable();
        for (uint256 i; i < entries.length; ++i) {
            bytes4 selector = entries[i].selector();
            _onlyWith(CHARGED, TOKEN, selector, _pins(entries[i].spenderWord), "");
            _only(EXACT, CHARGED, APP, selector, _notChargeable(APP, selector));
        }
        entries = TokenTable.uncountable();
        for (uint256 i; i < entries.length; ++i) {
            bytes4 selector = entries[i].selector();
            _only(EXACT, CHARGED, TOKEN, selector, _notChargeable(TOKEN, selector));
        }
        _only(EXACT, CHARGED, TOKEN, PING, _notChargeable(TOKEN, PING));
        _only(ANY_TARGET, CHARGED, address(0), PING, _notChargeable(address(0), PING));
        _only(ANY_SELECTOR, CHARGED, TOKEN, 0, _notChargeable(TOKEN, 0));
        _only(EMPTY_CALLDATA, CHARGED, TOKEN, 0, _notChargeable(TOKEN, 0));
    }

    function test_uncapped() public {
        _only(EXACT, UNCAPPED, TOKEN, TRANSFER, "");
        _only(EXACT, UNCAPPED, APP, TRANSFER, "");
        _only(EXACT, UNCAPPED, TOKEN, PING, "");
        _only(ANY_TARGET, UNCAPPED, address(0), PING, "");
        _only(ANY_SELECTOR, UNCAPPED, TOKEN, 0, "");
        _only(EMPTY_CALLDATA, UNCAPPED, TOKEN, 0, "");
    }

    function test_spenderIsPinned() public {
        for (uint256 table; table < 2; ++table) {
            TokenTable.Entry[] memory entries = table == 0 ? TokenTable.chargeable() : TokenTable.uncountable();
            for (uint256 i; i < entries.length; ++i) {
                uint256 word = entries[i].spenderWord;
                if (word == TokenTable.NONE) continue;
                bytes4 selector = entries[i].selector();
                bytes memory problem = abi.encodeWithSelector(SpenderNotPinned.selector, 0, word);
                if (table == 0) _onlyWith(CHARGED, TOKEN, selector, "", problem);
                _onlyWith(UNCAPPED, APP, selector, "", problem);
                _onlyWith(UNCAPPED, APP, selector, PolicyBytes.maxValueBody(1), problem);
                _onlyWith(UNCAPPED, APP, selector, _pins(word + 1), problem);
                _onlyWith(UNCAPPED, APP, selector, _pins(word), "");
            }
        }
    }

    function test_spenderAmongOtherPins() public {
        bytes[] memory clauses = new bytes[](3);
        clauses[0] = PolicyBytes.pin(1, bytes32(uint256(5)));
        clauses[1] = PolicyBytes.pinSelf(0);
        clauses[2] = PolicyBytes.pin(7, bytes32(0));
        _onlyWith(CHARGED, TOKEN, APPROVE, PolicyBytes.body(9, clauses), "");
        clauses[1] = PolicyBytes.pinSelf(2);
        _onlyWith(
            CHARGED, TOKEN, APPROVE, PolicyBytes.body(9, clauses), abi.encodeWithSelector(SpenderNotPinned.selector, 0, 0)
        );
    }

    // ------------------------------------------------------------------ helpers

    function _pins(uint256 word) private pure returns (bytes memory) {
        return word == TokenTable.NONE ? bytes("") : PolicyBytes.body(PolicyBytes.pin(uint8(word), STRANGER));
    }

    function _only(uint8 kind, uint8 mark, address target, bytes4 selector, bytes memory problem) private {
        delete permissions;
        _permit(kind, mark, target, selector);
        _decides(problem);
    }

    function _onlyWith(uint8 mark, address target, bytes4 selector, bytes memory body, bytes memory problem) private {
        delete permissions;
        _permit(EXACT, mark, target, selector, body);
        _decides(problem);
    }

    function _decides(bytes memory problem) private {
        if (problem.length == 0) _grantsNext();
        else _refusesGrant(problem);
    }

    function _notCharged(address target, bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(PermissionNotCharged.selector, 0, target, selector);
    }

    function _notChargeable(address target, bytes4 selector) private pure returns (bytes memory) {
        return abi.encodeWithSelector(PermissionNotChargeable.selector, 0, target, selector);
    }
}
