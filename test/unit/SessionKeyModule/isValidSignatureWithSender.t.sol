// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LifecycleTest} from "../../utils/LifecycleTest.sol";

// isValidSignatureWithSender
// └── answers 0xffffffff to anybody, about anything, the live key's own signature too
contract IsValidSignatureWithSenderTest is LifecycleTest {
    function test_fuzz_never(address asker, bytes32 hash, bytes calldata signature) public {
        _never(asker, hash, signature);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY_SECRET, hash);
        _never(asker, hash, abi.encodePacked(r, s, v));
    }

    function _never(address asker, bytes32 hash, bytes memory signature) private {
        vm.prank(ACCOUNT);
        bytes4 answer = module.isValidSignatureWithSender(asker, hash, signature);
        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), "answer");
    }
}
