// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {CHARGED, EXACT, LIFETIME, UNCAPPED} from "../../../utils/Codes.sol";
import {Call} from "../../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../../utils/SessionKeyTest.sol";

// validateUserOp: the key's signature
// ├── the key's own: allows, and counts
// ├── a wrong or malformed one returns SIG_VALIDATION_FAILED with the window, reverts never and counts nothing
// │   ├── another key's
// │   ├── over another operation, another window, other evidence
// │   ├── any length but 65, the compact form among them
// │   ├── the upper half of s
// │   ├── v other than 27 and 28
// │   └── zeros, and any random 65 bytes (fuzz)
// └── a broken rule reverts with its error, whoever has signed
contract ValidateSignatureTest is SessionKeyTest {
    uint256 private constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public override {
        super.setUp();
        _meter(TOKEN, LIFETIME, 100);
        _permit(EXACT, CHARGED, TOKEN, TRANSFER);
        _grant();
    }

    function test_ownKey() public {
        _accepts(_transfer(100));
        assertEq(_state().usage.meterSpent(), 100, "counted");
    }

    function test_anotherKey() public {
        Draft memory draft = _draft(_transfer(100));
        draft.secret = KEY_SECRET + 1;
        _fails(_signed(draft));
    }

    function test_overAnotherOperation() public {
        Draft memory draft = _draft(_transfer(1));
        PackedUserOperation memory op = _signed(draft);
        op.callData = _draft(_transfer(2)).op.callData;
        _fails(op);
        op = _signed(draft);
        op.nonce = 1;
        _fails(op);
        op = _signed(draft);
        op.gasFees = bytes32(uint256(1) << 128);
        _fails(op);
    }

    function test_overAnotherWindow() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory own = _keySignature(draft);
        draft.validUntil += 1;
        _fails(_sealed(draft, own));
        (draft.validUntil, draft.validAfter) = (draft.validUntil - 1, draft.validAfter - 1);
        _fails(_sealed(draft, own));
    }

    /// @dev Two permissions cover the same call: which of them it takes is the key's to say, not the bundler's.
    function test_overOtherEvidence() public {
        _permit(EXACT, UNCAPPED, TOKEN, TRANSFER);
        ++limits.serial;
        _grant();
        Call memory call = _transfer(1);
        Draft memory draft = _draft(call);
        bytes memory own = _keySignature(draft);
        call.permission = 1;
        draft.evidence = _draft(call).evidence;
        _fails(_sealed(draft, own));
        assertEq(_validate(_signed(draft)) & type(uint160).max, 0, "signed by the key it passes");
    }

    function test_length() public {
        Draft memory draft = _draft(_transfer(1));
        bytes memory own = _keySignature(draft);
        for (uint256 length; length < 65; ++length) _fails(_sealed(draft, _cut(own, length)));
        _fails(_sealed(draft, abi.encodePacked(own, uint8(0))));
        _fails(_sealed(draft, abi.encodePacked(own, own)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, _digest(draft));
        _fails(_sealed(draft, abi.encodePacked(r, uint256(s) | (uint256(v - 27) << 255))));
    }

    function test_malleable() public {
        Draft memory draft = _draft(_transfer(1));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, _digest(draft));
        _fails(_sealed(draft, abi.encodePacked(r, CURVE_ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27))));
        for (uint256 other; other < 256; ++other) {
            if (other != v) _fails(_sealed(draft, abi.encodePacked(r, s, uint8(other))));
        }
    }

    function test_fuzz_random(bytes32 r, bytes32 s, uint8 v) public {
        _fails(_sealed(_draft(_transfer(1)), abi.encodePacked(r, s, v)));
        _fails(_sealed(_draft(_transfer(1)), new bytes(65)));
    }

    function test_rulesFirst() public {
        Draft memory draft = _draft(_transfer(101));
        draft.secret = KEY_SECRET + 1;
        _refuses(draft, abi.encodeWithSelector(
            SpendingLimitExceeded.selector, TOKEN, 0, 100, 0, 101, uint256(type(uint48).max)
        ));
    }

    function _keySignature(Draft memory draft) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(draft.secret, _digest(draft));
        return abi.encodePacked(r, s, v);
    }

    /// @dev Bit 0 is the authorizer 1, "signature failed"; window and counters stay what they are.
    function _fails(PackedUserOperation memory op) private {
        uint256 data = _validate(op);
        assertEq(data & type(uint160).max, 1, "SIG_VALIDATION_FAILED");
        bytes5 head = bytes5(_cut(op.signature, 5));
        assertEq(data >> 208, uint40(head), "validAfter");
        assertEq(_state().usage.lastUntil(), 0, "nothing counted");
        module.preview(op);
    }

    function _cut(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i; i < length; ++i) out[i] = data[i];
    }
}
