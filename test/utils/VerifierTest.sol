// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {Test} from "./Test.sol";

/// @notice Asks a verifier, and signs on P-256.
abstract contract VerifierTest is Test {
    uint256 internal constant P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 internal constant P256_KEY = 0xa11ce;
    bytes32 internal constant HASH = keccak256("what is signed");

    function _accepts(address verifier, bytes memory key, bytes memory signature, string memory what) internal view {
        bytes4 answer = IERC7913SignatureVerifier(verifier).verify(key, HASH, signature);
        assertEq(bytes32(answer), bytes32(IERC7913SignatureVerifier.verify.selector), what);
    }

    function _refuses(address verifier, bytes memory key, bytes memory signature, string memory what) internal view {
        bytes4 answer = IERC7913SignatureVerifier(verifier).verify(key, HASH, signature);
        assertEq(bytes32(answer), bytes32(bytes4(0xffffffff)), what);
    }

    function _publicKey(uint256 privateKey) internal pure returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(privateKey);
        return abi.encode(x, y);
    }

    /// @dev r and s, with s in the lower half.
    function _signP256(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(privateKey, digest);
        return abi.encode(r, uint256(s) > P256_ORDER / 2 ? P256_ORDER - uint256(s) : uint256(s));
    }

    /// @dev The other signature that the curve has for the same r.
    function _inUpperHalf(bytes memory signature) internal pure returns (bytes memory) {
        (bytes32 r, uint256 s) = abi.decode(signature, (bytes32, uint256));
        return abi.encode(r, P256_ORDER - s);
    }
}
