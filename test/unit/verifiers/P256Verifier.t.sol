// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {VerifierTest} from "../../utils/VerifierTest.sol";

// P256PrecompileVerifier, P256SolidityVerifier: the same answers from both
// ├── accepts a signature over the hash, s in the lower half
// ├── refuses s in the upper half, 0 and the order itself, as r and as s
// ├── refuses another hash's and another key's signature
// ├── refuses a key that is no point of the curve, the point (0, 0) among them
// └── refuses keys and signatures of 63 and of 65 bytes
abstract contract P256VerifierTest is VerifierTest {
    address internal verifier;
    bytes internal key = _publicKey(P256_KEY);
    bytes internal signature = _signP256(P256_KEY, HASH);

    function test_accepts() public view {
        _accepts(verifier, key, signature, "its own");
    }

    function test_upperHalf() public view {
        _refuses(verifier, key, _inUpperHalf(signature), "s in the upper half");
    }

    function test_outOfRange() public view {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        uint256[2] memory values = [uint256(0), P256_ORDER];
        for (uint256 i; i < 2; ++i) {
            _refuses(verifier, key, abi.encode(values[i], s), "r out of range");
            _refuses(verifier, key, abi.encode(r, values[i]), "s out of range");
        }
    }

    function test_another() public view {
        _refuses(verifier, key, _signP256(P256_KEY, keccak256("other")), "over another hash");
        _refuses(verifier, key, _signP256(P256_KEY + 1, HASH), "by another key");
    }

    function test_noPoint() public view {
        (uint256 x, uint256 y) = vm.publicKeyP256(P256_KEY);
        _refuses(verifier, abi.encode(x, y ^ 1), signature, "not on the curve");
        _refuses(verifier, abi.encode(uint256(0), uint256(0)), signature, "zero");
    }

    function test_lengths() public view {
        _refuses(verifier, abi.encodePacked(key, uint8(0)), signature, "a longer key");
        _refuses(verifier, key, abi.encodePacked(signature, uint8(27)), "a longer signature");
        bytes memory shortKey = key;
        bytes memory shortSignature = signature;
        // Assembly: takes a byte from the end of each.
        assembly ("memory-safe") {
            mstore(shortKey, 63)
            mstore(shortSignature, 63)
        }
        _refuses(verifier, shortKey, signature, "a shorter key");
        _refuses(verifier, key, shortSignature, "a shorter signature");
        _refuses(verifier, "", "", "nothing");
    }
}

contract P256PrecompileVerifierTest is P256VerifierTest {
    function setUp() public {
        verifier = deploy("contracts/verifiers/P256PrecompileVerifier.sol:P256PrecompileVerifier");
    }
}

contract P256SolidityVerifierTest is P256VerifierTest {
    function setUp() public {
        verifier = deploy("contracts/verifiers/P256SolidityVerifier.sol:P256SolidityVerifier");
    }
}
