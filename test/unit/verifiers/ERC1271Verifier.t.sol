// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {MockOwner} from "../../utils/MockOwner.sol";
import {VerifierTest} from "../../utils/VerifierTest.sol";

// ERC1271Verifier
// ├── accepts what the contract says it has signed
// ├── refuses what it says it has not, and a contract that does not answer
// ├── refuses an EOA, whose own signature is none by ERC-1271
// └── refuses keys of 19 and of 21 bytes
contract ERC1271VerifierTest is VerifierTest {
    address private verifier;
    MockOwner private owner;

    function setUp() public {
        verifier = deploy("contracts/verifiers/ERC1271Verifier.sol:ERC1271Verifier");
        owner = MockOwner(deploy("test/utils/MockOwner.sol:MockOwner"));
        owner.setOwner(vm.addr(1));
    }

    function test_asksTheContract() public {
        _accepts(verifier, abi.encodePacked(owner), _sign(1), "what it has signed");
        _refuses(verifier, abi.encodePacked(owner), _sign(2), "what it has not");
        owner.setOwner(vm.addr(2));
        _refuses(verifier, abi.encodePacked(owner), _sign(1), "what it has signed before");
    }

    function test_noAnswer() public view {
        _refuses(verifier, abi.encodePacked(verifier), _sign(1), "a contract that does not answer");
        _refuses(verifier, abi.encodePacked(vm.addr(1)), _sign(1), "an EOA");
        _refuses(verifier, abi.encodePacked(address(0)), _sign(1), "nobody");
    }

    function test_key() public view {
        _refuses(verifier, abi.encodePacked(owner, uint8(0)), _sign(1), "21 bytes");
        _refuses(verifier, abi.encodePacked(bytes19(bytes20(address(owner)))), _sign(1), "19 bytes");
    }

    function _sign(uint256 privateKey) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, HASH);
        return abi.encodePacked(r, s, v);
    }
}
