// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @notice Who signs, as an operation keeps it while it is decided.
///
/// | bits    | field                                                                                  |
/// |---------|----------------------------------------------------------------------------------------|
/// | 0–159   | address of the EOA, or of the verifier (ERC-7913)                                      |
/// | 160–167 | length of the verifier's key; 0 for an EOA, and for nothing else                       |
/// | 168–255 | where in call data that key stands                                                     |
type Signer is uint256;

using SignerLib for Signer global;

/// @title Reads and makes {Signer}s
library SignerLib {
    using CalldataWord for bytes;

    uint256 private constant LENGTH_SHIFT = 160;
    uint256 private constant PLACE_SHIFT = 168;

    function ofEoa(address eoa) internal pure returns (Signer) {
        return Signer.wrap(uint160(eoa));
    }

    /// @param verifierKey what the verifier knows the signer by: 1 to 234 bytes.
    function ofVerifier(address verifier, bytes calldata verifierKey) internal pure returns (Signer) {
        return Signer.wrap((verifierKey.place(0) << PLACE_SHIFT) | (verifierKey.length << LENGTH_SHIFT) | uint160(verifier));
    }

    /// @notice The EOA, or the verifier.
    function addr(Signer self) internal pure returns (address) {
        return address(uint160(Signer.unwrap(self)));
    }

    function isEoa(Signer self) internal pure returns (bool) {
        return Signer.unwrap(self) >> LENGTH_SHIFT == 0;
    }

    /// @notice Whether both are the same signer, wherever in call data they stand.
    function equals(Signer self, Signer other) internal pure returns (bool) {
        return self.addr() == other.addr() && self.key().hash() == other.key().hash();
    }

    /// @notice What the verifier knows the signer by.
    function key(Signer self) internal pure returns (bytes calldata part) {
        uint256 word = Signer.unwrap(self);
        // Assembly: makes a slice of a place that was kept; {ofVerifier} took it from one.
        assembly ("memory-safe") {
            part.offset := shr(PLACE_SHIFT, word)
            part.length := and(shr(LENGTH_SHIFT, word), 0xff)
        }
    }
}
