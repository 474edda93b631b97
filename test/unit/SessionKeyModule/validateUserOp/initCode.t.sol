// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CHARGED, DAY, EXACT} from "../../../utils/Codes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: init code
// ├── none, and a marker of up to 20 bytes, pass
// └── one byte more is a call to the account or a factory that no permission covers: refused
contract ValidateInitCodeTest is SessionKeyTest {
    function setUp() public override {
        super.setUp();
        _meter(TOKEN, DAY, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER, "");
        _grant();
    }

    function test_marker() public {
        Draft memory draft = _draft(_transfer(1));
        draft.op.initCode = hex"7702";
        _accepts(draft);
        draft = _draft(_transfer(1));
        draft.op.initCode = abi.encodePacked(bytes20(hex"7702"));
        _accepts(draft);
    }

    function test_call() public {
        Draft memory draft = _draft(_transfer(1));
        draft.op.initCode = abi.encodePacked(bytes20(hex"7702"), uint8(0));
        _refuses(draft, abi.encodeWithSelector(InitCodeForbidden.selector, 21));
        draft.op.initCode = abi.encodePacked(ACCOUNT, abi.encodeWithSelector(TRANSFER, APP, 1));
        _refuses(draft, abi.encodeWithSelector(InitCodeForbidden.selector, 20 + 68));
    }
}
