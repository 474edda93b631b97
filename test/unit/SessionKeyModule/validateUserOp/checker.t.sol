// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EXACT, MOVES_NOTHING} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the checker contract
// ├── allows by its magic alone, whatever stands behind the first word
// ├── refuses: zero, a revert, a dirty magic, an empty answer, all gas spent; each names the call
// ├── is asked about every call, with account, key, target, value and data
// └── without code (any more) it refuses
contract ValidateCheckerTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        checker = deploy("contracts/mocks/MockChecker.sol:MockChecker");
        _permit(EXACT, MOVES_NOTHING, APP, PING);
    }

    function test_magic() public {
        _grant();
        _accepts(_pingOf(2));
        _accepts(_pingOf(0));
        _refuses(_pingOf(1), _refused(0));
        _refuses(_pingOf(3), _refused(0));
        _refuses(_pingOf(5), _refused(0));
        _refuses(_pingOf(7), _refused(0));
        _refuses(_pingOf(9), _refused(0));
        _accepts(_pingOf(11));
    }

    function test_behindPinnedCodeToo() public {
        pinnedCode = ACCOUNT.codehash;
        _grant();
        _accepts(_pingOf(2));
        _refuses(_pingOf(1), _refused(0));
    }

    function test_everyCall() public {
        _grant();
        Call[] memory calls = new Call[](3);
        (calls[0], calls[1], calls[2]) = (_pingOf(2), _pingOf(4), _pingOf(6));
        _accepts(_draft(calls));
        calls[2] = _pingOf(1);
        _refuses(_draft(calls), _refused(2));
    }

    function test_question() public {
        _grant();
        Call memory call = _pingOf(2);
        vm.expectCall(
            checker,
            abi.encodeWithSignature("check(address,bytes32,address,uint256,bytes)", ACCOUNT, keyId, APP, 0, call.data)
        );
        _validate(_signed(_draft(call)));
    }

    function test_withoutCode() public {
        _grant();
        vm.etch(checker, "");
        _refuses(_pingOf(2), _refused(0));
    }

    function _pingOf(uint256 word) private pure returns (Call memory) {
        return Call(APP, 0, abi.encodeWithSelector(PING, word), 0);
    }

    function _refused(uint256 callIndex) private view returns (bytes memory) {
        return abi.encodeWithSelector(CheckerRefused.selector, callIndex, checker);
    }
}
