// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MeterWord} from "../../../../contracts/policy/MeterWord.sol";
import {DAY, EXACT, LIFETIME, NEVER, OPERATION, UNCAPPED} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {FrameTest} from "../../../utils/FrameTest.sol";

// close: measured excess counts toward the account's ceilings too
// ├── of a token, up to the cap exactly; one more reverts
// ├── of native, in wei
// ├── per operation: what was charged and what was measured, together
// ├── what an uncapped call said was charged to the ceiling already, and is not charged again
// └── several keys share it
contract FrameCeilingsTest is FrameTest {
    function _ceiling(address token, uint256 period, uint256 cap) private {
        vm.prank(ACCOUNT);
        module.setCeiling(token, period, cap);
    }

    function _counted(address token) private view returns (uint256) {
        (,, MeterWord word,) = module.ceiling(ACCOUNT, token);
        return word.spent();
    }

    function test_token() public {
        _grant();
        _ceiling(TOKEN, DAY, 50);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(20), _pull(30));
        _passes(_framed(calls));
        assertEq(_counted(TOKEN), 50, "charged and measured");
        _fails(_framed(_pull(1)), abi.encodeWithSelector(CeilingExceeded.selector, TOKEN, 50, 50, 1, MIDNIGHT));
        assertEq(_tokenSpent(), 50, "the key's own counter");
    }

    function test_native() public {
        _grant();
        _ceiling(address(0), LIFETIME, 0.5 ether);
        _passes(_framed(_callBack(ACCOUNT, _payment(0.5 ether))));
        assertEq(_counted(address(0)), 0.5 ether, "measured");
        _fails(
            _framed(_callBack(ACCOUNT, _payment(1))),
            abi.encodeWithSelector(CeilingExceeded.selector, address(0), 0.5 ether, 0.5 ether, 1, NEVER)
        );
    }

    /// @dev Call data of the account that pays a stranger: what only its owner could have it do.
    function _payment(uint256 value) private pure returns (bytes memory) {
        bytes memory batch =
            abi.encode(uint256(32), uint256(1), uint256(32), STRANGER, value, uint256(96), uint256(0));
        return abi.encodeWithSignature("execute(bytes32,bytes)", 0, batch);
    }

    function test_perOperation() public {
        meters[0].cap = 1000;
        _grant();
        _ceiling(TOKEN, OPERATION, 50);
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (_transfer(20), _pull(30));
        _passes(_framed(calls));
        (calls[0], calls[1]) = (_transfer(20), _pull(31));
        _fails(_framed(calls), abi.encodeWithSelector(CeilingExceeded.selector, TOKEN, 50, 20, 31, NEVER));
        assertEq(_counted(TOKEN), 0, "nothing stored");
    }

    function test_uncapped() public {
        bytes4 transferFrom = bytes4(keccak256("transferFrom(address,address,uint256)"));
        _permit(EXACT, UNCAPPED, TOKEN, transferFrom);
        _grant();
        _ceiling(TOKEN, DAY, 40);
        vm.prank(ACCOUNT);
        METERED.approve(ACCOUNT, 1000);
        Call memory call = Call(TOKEN, 0, abi.encodeWithSelector(transferFrom, ACCOUNT, STRANGER, 30), 4);
        _passes(_framed(call));
        assertEq(_counted(TOKEN), 30, "once");
        assertEq(_tokenSpent(), 30, "to the key, as measured");
    }

    function test_severalKeys() public {
        _grant();
        _ceiling(TOKEN, DAY, 50);
        _passes(_framed(_pull(40)));
        uint256 secret = uint256(keccak256("other key"));
        key = vm.addr(secret);
        signer = abi.encodePacked(uint8(1), key);
        keyId = keccak256(signer);
        _grant();
        Draft memory draft = _framed(_pull(11));
        draft.secret = secret;
        _fails(draft, abi.encodeWithSelector(CeilingExceeded.selector, TOKEN, 50, 40, 11, MIDNIGHT));
        draft = _framed(_pull(10));
        draft.secret = secret;
        _passes(draft);
        assertEq(_counted(TOKEN), 50, "shared");
    }
}
