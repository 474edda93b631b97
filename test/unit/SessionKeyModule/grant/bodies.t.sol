// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {PolicyBytes} from "../../../utils/PolicyBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// grant: the bodies of permissions
// ├── allows none, a largest value, conditions, and both
// ├── sections: refuses 0 and every unknown bit
// ├── refuses a largest value of 0
// ├── conditions
// │   ├── refuse no clause, and fewer or more clauses than the count says
// │   └── EQUAL_SELF has no operand
// ├── refuses every cut and anything behind the end
// └── names the permission, by its place in the list
contract GrantBodiesTest is SessionKeyTest {
    function test_allowed() public {
        _grantsBody("");
        _grantsBody(PolicyBytes.maxValueBody(1));
        _grantsBody(PolicyBytes.maxValueBody(type(uint128).max));
        _grantsBody(PolicyBytes.body(PolicyBytes.pin(0, APP)));
        _grantsBody(PolicyBytes.body(PolicyBytes.pinSelf(255)));
        _grantsBody(PolicyBytes.body(1, _clauses(255)));
    }

    function test_sections() public {
        for (uint256 sections; sections < 256; ++sections) {
            // Known, and with bit 2 shorter than it says.
            if (sections >= 1 && sections <= 7) continue;
            if (sections & 0xf0 == 0 && sections & 4 != 0) continue;
            // A single comparison: what follows is none.
            if (sections & 0xf7 == 0x10) continue;
            bool values = sections & 1 != 0;
            bytes memory conditions = sections & 2 == 0 ? bytes("") : abi.encodePacked(uint8(1), PolicyBytes.pinSelf(0));
            bytes memory maxValue = values ? abi.encodePacked(uint128(1)) : bytes("");
            _refusesBody(abi.encodePacked(uint8(sections), maxValue, conditions), 0);
        }
    }

    function test_maxValueZero() public {
        _refusesBody(abi.encodePacked(uint8(1), uint128(0)), 1);
        _refusesBody(abi.encodePacked(uint8(3), uint128(0), uint8(1), PolicyBytes.pinSelf(0)), 1);
    }

    function test_clauseCount() public {
        _refusesBody(hex"0200", 1);
        _refusesBody(abi.encodePacked(uint8(2), uint8(2), PolicyBytes.pinSelf(0)), 2 + 5);
        // One clause said, two there: the second is behind the end.
        _refusesBody(abi.encodePacked(uint8(2), uint8(1), PolicyBytes.pinSelf(0), PolicyBytes.pinSelf(1)), 2 + 5);
        _refusesBody(abi.encodePacked(uint8(3), uint128(1), uint8(0)), 17);
    }

    function test_equalSelfHasNoOperand() public {
        _refusesBody(abi.encodePacked(PolicyBytes.body(PolicyBytes.pinSelf(0)), bytes32(0)), 4);
        _refusesBody(abi.encodePacked(PolicyBytes.body(1, _clauses(1)), bytes32(0)), 17 + 1 + 37);
        // EQUAL without its operand.
        _refusesBody(hex"02010101020100", 2 + 5);
    }

    function test_cutAndTail() public {
        bytes memory whole = PolicyBytes.body(5, _clauses(3));
        for (uint256 length = 1; length < whole.length; ++length) {
            delete permissions;
            _permit(EXACT, MOVES_NOTHING, APP, PING, _cut(whole, length));
            vm.prank(ACCOUNT);
            vm.expectPartialRevert(PermissionBodyMalformed.selector);
            module.grant(signer, _settings(), _header(), _permissions());
        }
        _refusesBody(abi.encodePacked(whole, uint8(0)), whole.length);
    }

    function test_namesThePermission() public {
        for (uint256 i; i < 4; ++i) _permit(EXACT, MOVES_NOTHING, APP, PING);
        permissions[2].body = hex"20";
        _refusesGrant(abi.encodeWithSelector(PermissionBodyMalformed.selector, 2, 0));
    }

    function _clauses(uint256 count) private pure returns (bytes[] memory clauses) {
        clauses = new bytes[](count);
        for (uint256 i; i < count; ++i) {
            clauses[i] = i % 2 == 0 ? PolicyBytes.pin(uint8(i), APP) : PolicyBytes.pinSelf(uint8(i));
        }
    }

    function _grantsBody(bytes memory body) private {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
        _grantsNext();
    }

    function _refusesBody(bytes memory body, uint256 offset) private {
        delete permissions;
        _permit(EXACT, MOVES_NOTHING, APP, PING, body);
        _refusesGrant(abi.encodeWithSelector(PermissionBodyMalformed.selector, 0, offset));
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
