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

    uint256 private constant SIGNATURE_LENGTH = 65;
    /// @dev Half of secp256k1's order: of the two signatures that say the same, the one with the lower s counts.
    uint256 private constant MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @notice The address of an EOA signer. Reverts on any other kind or length.
    function toEoa(bytes calldata signer) internal pure returns (address) {
        uint256 head = signer.word(0);
        if (signer.length != EOA_LENGTH || head >> 248 != KIND_EOA) {
            revert ISessionKeyErrors.SignerMalformed(signer);
        }
        return address(uint160(head >> 88));
    }

    /// @notice The signer bytes of an EOA.
    function fromEoa(address key) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(KIND_EOA), key);
    }

    /// @notice Whether `signature` is `signer`'s over `digest`: 65 bytes, s in the lower half, v 27 or 28.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        uint256 s = signature.word(32);
        if (signature.length != SIGNATURE_LENGTH || s > MAX_S) return false;
        // Any other v than 27 and 28 recovers nothing, which is address(0).
        address recovered =
            ECDSA.tryRecover(digest, uint8(signature.byteAt(64)), bytes32(signature.word(0)), bytes32(s));
        return recovered == signer && recovered != address(0);
    }
}
