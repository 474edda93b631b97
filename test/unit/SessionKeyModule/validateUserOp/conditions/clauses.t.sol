// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    AT_LEAST,
    AT_MOST,
    EQUAL,
    EQUAL_SELF,
    HASH,
    MASKED_EQUAL,
    ConditionBytes as C
} from "../../../../utils/ConditionBytes.sol";
import {ConditionTest} from "../../../../utils/ConditionTest.sol";
import {PolicyBytes} from "../../../../utils/PolicyBytes.sol";

// validateUserOp: clauses
// ├── either comparison suffices, whichever way round
// ├── a comparison behind one that holds is not asked, one before is: its path must be in order
// ├── all clauses must hold; the first that does not is named, and the last value it compared
// └── a clause of every operator is passed over to the next one
contract ValidateClausesTest is ConditionTest {
    bytes private short = C.compare(EQUAL, C.word(0), 7);
    bytes private deep = C.hasPrefix(abi.encodePacked(C.follow(1, 2), C.BYTES), "ab");

    function test_either() public {
        _rules(PolicyBytes.body(5, _one(C.either(short, deep))));
        _allows(abi.encode(7, "ab"));
        _allows(abi.encode(7, "xx"));
        _allows(abi.encode(8, "ab"));
        _fails(abi.encode(8, "xx"), uint256(keccak256("xx")));
        _rules(PolicyBytes.body(5, _one(C.either(deep, short))));
        _allows(abi.encode(7, "ab"));
        _allows(abi.encode(7, "xx"));
        _allows(abi.encode(8, "ab"));
        _fails(abi.encode(8, "xx"), 8);
    }

    function test_pathsThatAreAsked() public {
        _rules(PolicyBytes.body(5, _one(C.either(short, deep))));
        _allows(abi.encode(7));
        bytes memory problem = abi.encodeWithSelector(
            PathOutOfData.selector, 0, abi.encodePacked(C.follow(1, 2), C.BYTES), 36
        );
        _denies(abi.encode(8), problem);
        _rules(PolicyBytes.body(5, _one(C.either(deep, short))));
        _denies(abi.encode(7), problem);
    }

    function test_all() public {
        for (uint256 order; order < 2; ++order) {
            bytes[] memory clauses = new bytes[](3);
            clauses[0] = C.clause(C.compare(AT_MOST, C.word(0), 9));
            clauses[1 + order] = C.clause(deep);
            clauses[2 - order] = C.either(C.compare(EQUAL, C.word(0), 1), C.compare(AT_LEAST, C.word(0), 5));
            _rules(PolicyBytes.body(5, clauses));
            _allows(abi.encode(1, "ab"));
            _allows(abi.encode(9, "ab"));
            _denies(abi.encode(10, "xx"), abi.encodeWithSelector(ConditionFailed.selector, 0, 0, 10));
            _denies(abi.encode(4, "ab"), abi.encodeWithSelector(ConditionFailed.selector, 0, 2 - order, 4));
            _denies(
                abi.encode(9, "xx"), abi.encodeWithSelector(ConditionFailed.selector, 0, 1 + order, keccak256("xx"))
            );
        }
    }

    function test_passedOver() public {
        bytes[] memory others = new bytes[](15);
        bytes memory path = C.word(0);
        for (uint8 operator = 1; operator <= 7; ++operator) others[operator - 1] = C.compare(operator, path, 3);
        others[1] = C.compare(EQUAL_SELF, path);
        others[7] = C.inList(path, _words(1, 2, 3));
        others[8] = C.inSet(path, bytes28(uint224(1)), 2);
        others[9] = C.compare(MASKED_EQUAL, path, abi.encodePacked(uint256(1), uint256(1)));
        others[10] = deep;
        others[11] = C.compare(HASH, abi.encodePacked(C.follow(1, 2), C.BYTES), 3);
        for (uint8 operator = 13; operator <= 15; ++operator) others[operator - 1] = C.relate(operator, path, C.word(1));
        for (uint256 i; i < others.length; ++i) {
            bytes[] memory clauses = new bytes[](2);
            clauses[0] = C.either(short, others[i]);
            clauses[1] = C.clause(C.compare(AT_LEAST, C.word(1), 64));
            bytes memory body = PolicyBytes.body(5, clauses);
            if (i == 8) body[0] |= 0x08;
            _rules(body);
            _allows(abi.encode(7, 64));
            _denies(abi.encode(7, 63), abi.encodeWithSelector(ConditionFailed.selector, 0, 1, 63));
        }
    }
}
