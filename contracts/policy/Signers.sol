// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "solady/src/utils/ECDSA.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title Who signs as a session key
/// @notice `signer = kind (1) · key`. Kind EOA: `key` is an address, checked by ecrecover and nothing else, so that no
/// code that appears at the address later can answer for it.
library Signers {
    using CalldataWord for bytes;

    uint256 internal constant KIND_EOA = 1;
    uint256 internal constant EOA_LENGTH = 21;
    /// @dev r 32 · s 32 · v 1.
    uint256 private constant SIGNATURE_LENGTH = 65;
    /// @dev secp256k1's order, halved and rounded down.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice The address of an EOA signer. Reverts on any other kind or length.
    function toEoa(bytes calldata signer) internal pure returns (address) {
        uint256 word = signer.word(0);
        if (signer.length != EOA_LENGTH || word >> 248 != KIND_EOA) revert ISessionKeyErrors.SignerMalformed(signer);
        return address(uint160(word >> 88));
    }

    /// @notice The signer bytes of an EOA.
    function fromEoa(address key) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(KIND_EOA), key);
    }

    /// @notice Whether `signature` is `signer`'s over `digest`: 65 bytes, s in the lower half, v 27 or 28.
    /// @param signer not zero.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signature.length != SIGNATURE_LENGTH) return false;
        uint256 s = signature.word(32);
        // The other half of the curve's order holds a second signature for each one in this half.
        if (s > HALF_ORDER) return false;
        return ECDSA.tryRecover(digest, uint8(signature.byteAt(64)), bytes32(signature.word(0)), bytes32(s)) == signer;
    }

    /// @notice Whose signature it is, for an error to say; 0 for bytes that {isValid} takes from nobody.
    function recover(bytes32 digest, bytes calldata signature) internal view returns (address) {
        if (signature.length != SIGNATURE_LENGTH || signature.word(32) > HALF_ORDER) return address(0);
        bytes32 s = bytes32(signature.word(32));
        return ECDSA.tryRecover(digest, uint8(signature.byteAt(64)), bytes32(signature.word(0)), s);
    }
}
