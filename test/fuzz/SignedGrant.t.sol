// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {KeySettings} from "../../contracts/policy/KeySettings.sol";
import {SignedGrantTest} from "../utils/SignedGrantTest.sol";
import {OperationBytes} from "../utils/OperationBytes.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

// Carried grants that are not what the owner and the key signed
// ├── one byte changed anywhere in the grant: never granted
// ├── cut at any place, or with any bytes behind: never granted
// └── any bytes at all behind the announcing zero: never granted
contract SignedGrantFuzzTest is SignedGrantTest {
    function test_fuzz_changed(uint256 index, uint8 by) public {
        bytes memory signed = _signedGrant();
        index = bound(index, 0, signed.length - 1);
        signed[index] ^= bytes1(uint8(bound(by, 1, 255)));
        _neverGrants(signed);
    }

    function test_fuzz_cut(uint256 length) public {
        bytes memory signed = _signedGrant();
        length = bound(length, 0, signed.length - 1);
        // Assembly: shortens the array.
        assembly ("memory-safe") {
            mstore(signed, length)
        }
        _neverGrants(signed);
    }

    function test_fuzz_longer(bytes calldata more) public {
        vm.assume(more.length != 0);
        _neverGrants(abi.encodePacked(_signedGrant(), more[:more.length > 500 ? 500 : more.length]));
    }

    function test_fuzz_anything(bytes calldata evidence) public {
        Draft memory draft = _carrying(1);
        draft.evidence = abi.encodePacked(uint8(0), evidence);
        _neverGrants(draft);
    }

    function test_fuzz_announcedLength(uint16 length) public {
        bytes memory signed = _signedGrant();
        vm.assume(length != signed.length);
        Draft memory draft = _draft(_transfer(1));
        draft.evidence = abi.encodePacked(uint8(0), length, signed, draft.evidence);
        _neverGrants(draft);
    }

    function _neverGrants(bytes memory signed) private {
        vm.prank(STRANGER);
        (bool done,) =
            address(module).call(abi.encodeCall(module.grantSigned, (ACCOUNT, signer, _header(), signed)));
        assertFalse(done, "submitted");
        _neverGrants(_carrying(1, signed));
    }

    function _neverGrants(Draft memory draft) private {
        PackedUserOperation memory op = _signed(draft);
        bytes32 hash = OperationBytes.hash(op);
        vm.prank(ACCOUNT);
        (bool done,) = address(module).call(abi.encodeCall(module.validateUserOp, (op, hash)));
        assertFalse(done, "validated");
        assertEq(KeySettings.unwrap(_state().settings), 0, "settings");
    }
}
