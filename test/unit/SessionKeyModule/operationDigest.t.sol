// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {OperationBytes} from "../../utils/OperationBytes.sol";
import {SessionKeyTest} from "../../utils/SessionKeyTest.sol";

// operationDigest
// ├── is the EIP-712 hash of SessionOperation under the module's domain, for any content
// └── changes with the chain
contract OperationDigestTest is SessionKeyTest {
    function test_fuzz_digest(bytes32 opHash, uint48 validAfter, uint48 validUntil, bytes calldata evidence)
        public
        view
    {
        assertEq(
            module.operationDigest(opHash, validAfter, validUntil, evidence),
            OperationBytes.digest(address(module), opHash, validAfter, validUntil, keccak256(evidence)),
            "digest"
        );
    }

    function test_changesWithTheChain() public {
        bytes32 here = module.operationDigest(0, NOON, NOON + 1, "");
        vm.chainId(block.chainid + 1);
        bytes32 there = module.operationDigest(0, NOON, NOON + 1, "");
        assertTrue(here != there, "digest");
        assertEq(there, OperationBytes.digest(address(module), 0, NOON, NOON + 1, keccak256("")), "chain");
    }
}
