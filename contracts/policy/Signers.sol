// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";

/// @title Who signs as a session key
/// @notice `signer = kind (1) · key`. Kind EOA: `key` is an address, checked by ecrecover and nothing else, so that no
/// code that appears at the address later can answer for it.
library Signers {
    uint256 internal constant KIND_EOA = 1;
    uint256 internal constant EOA_LENGTH = 21;

    /// @notice The address of an EOA signer. Reverts on any other kind or length.
    function toEoa(bytes calldata signer) internal pure returns (address) {
        if (signer.length != EOA_LENGTH || uint8(signer[0]) != KIND_EOA) {
            revert ISessionKeyErrors.SignerMalformed(signer);
        }
        return address(bytes20(signer[1:]));
    }

    /// @notice The signer bytes of an EOA.
    function fromEoa(address key) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(KIND_EOA), key);
    }

    /// @notice Whether `signature` is `signer`'s over `digest`: 65 bytes, s in the lower half, v 27 or 28.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        return failure == ECDSA.RecoverError.NoError && recovered == signer;
    }
}
