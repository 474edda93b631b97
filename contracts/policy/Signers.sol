// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "solady/src/utils/ECDSA.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";
import {Signer, SignerLib} from "./Signer.sol";

/// @title Who signs as a session key, or beside one
/// @notice `signer = kind (1) · key`. Kind 1, an EOA: `key` is an address, checked by ecrecover and nothing else, so that
/// no code that appears at the address later can answer for it. Kind 2: `key` is what a verifier (ERC-7913) checks,
/// `verifier (20) · its key (1 to 234)`.
library Signers {
    using CalldataWord for bytes;

    uint256 internal constant KIND_EOA = 1;
    uint256 internal constant EOA_LENGTH = 21;
    /// @dev Length and kind of an EOA's, as the evidence has them side by side.
    uint256 internal constant EOA_SIGNER = (EOA_LENGTH << 8) | KIND_EOA;
    uint256 private constant KIND_VERIFIER = 2;
    /// @dev r 32 · s 32 · v 1.
    uint256 private constant SIGNATURE_LENGTH = 65;
    /// @dev secp256k1's order, halved and rounded down.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    /// @dev `verify(key, hash, signature)` up to the key's length: selector 4 · three words.
    uint256 private constant VERIFY_HEAD = 100;

    /// @notice Whether `signer` is of a known kind and of a length that the kind has.
    function isWellFormed(bytes calldata signer) internal pure returns (bool) {
        uint256 kind = signer.byteAt(0);
        if (signer.length == EOA_LENGTH) return kind == KIND_EOA;
        return kind == KIND_VERIFIER && signer.length > EOA_LENGTH && signer.length <= type(uint8).max;
    }

    /// @notice The signer that `signer` encodes. Reverts where it is not well formed.
    function parse(bytes calldata signer) internal pure returns (Signer) {
        if (!isWellFormed(signer)) revert ISessionKeyErrors.SignerMalformed(signer);
        return decode(signer);
    }

    /// @notice The same of signer bytes that were checked.
    function decode(bytes calldata signer) internal pure returns (Signer) {
        address authority = address(uint160(signer.word(0) >> 88));
        // Unchecked: no signer is shorter than an EOA.
        unchecked {
            uint256 length = signer.length - EOA_LENGTH;
            if (length == 0) return SignerLib.ofEoa(authority);
            return SignerLib.ofVerifier(authority, signer.slice(EOA_LENGTH, length));
        }
    }

    /// @notice The same, sooner for an EOA, which most are.
    function parseQuickly(bytes calldata signer) internal pure returns (Signer) {
        uint256 word = signer.word(0);
        if ((signer.length << 8) | (word >> 248) == EOA_SIGNER) {
            return SignerLib.ofEoa(address(uint160(word >> 88)));
        }
        return parse(signer);
    }

    /// @notice Whether nobody may be granted anything as `signer`: it stands for the account or its module, or cannot sign.
    /// @dev A verifier has code. A precompile has none, and the one at 4 answers every question with the question, which
    /// reads as yes.
    function isForbidden(Signer signer, address account) internal view returns (bool) {
        address authority = signer.addr();
        if (authority == address(0) || authority == account || authority == address(this)) return true;
        return !signer.isEoa() && authority.code.length == 0;
    }

    /// @notice The signer bytes of an EOA.
    function fromEoa(address key) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(KIND_EOA), key);
    }

    /// @notice Whether `signature` is `signer`'s over `digest`.
    /// @param signer not zero.
    function isValid(Signer signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (!signer.isEoa()) return _isVerified(signer.addr(), signer.key(), digest, signature);
        return isEoas(signer.addr(), digest, signature);
    }

    /// @notice Whether `signature` is `eoa`'s over `digest`: 65 bytes, s in the lower half, v 27 or 28.
    /// @param eoa not zero.
    function isEoas(address eoa, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signature.length != SIGNATURE_LENGTH) return false;
        uint256 s = signature.word(32);
        // The other half of the curve's order holds a second signature for each one in this half.
        if (s > HALF_ORDER) return false;
        return ECDSA.tryRecover(digest, uint8(signature.byteAt(64)), bytes32(signature.word(0)), bytes32(s)) == eoa;
    }

    /// @notice Whose signature it is, for an error to say; 0 for bytes that {isEoas} takes from nobody.
    function recover(bytes32 digest, bytes calldata signature) internal view returns (address) {
        if (signature.length != SIGNATURE_LENGTH || signature.word(32) > HALF_ORDER) return address(0);
        bytes32 s = bytes32(signature.word(32));
        return ECDSA.tryRecover(digest, uint8(signature.byteAt(64)), bytes32(signature.word(0)), s);
    }

    /// @dev Asks the verifier. One that reverts, or answers anything but the selector, has said no.
    function _isVerified(address verifier, bytes calldata key, bytes32 digest, bytes calldata signature)
        private
        view
        returns (bool valid)
    {
        // Of a slice that begins behind its own end.
        if (signature.length > msg.data.length) return false;
        bytes4 selector = IERC7913SignatureVerifier.verify.selector;
        // Assembly: encodes the question beyond the free pointer, from call data, in a third of the code that Solidity takes
        // for it, and in fewer steps. All gas is `not(0)`: ERC-7562 has GAS right before a call, where the optimizer does
        // not leave it. Lengths are bounded by the call data that both were read from.
        assembly ("memory-safe") {
            let question := mload(0x40)
            let behindKey := add(add(question, VERIFY_HEAD), and(add(key.length, 63), not(31)))
            let end := add(behindKey, and(add(signature.length, 63), not(31)))
            // What pads key and signature, where hashes have left bytes: zeros, as the encoding has it.
            mstore(sub(behindKey, 32), 0)
            mstore(sub(end, 32), 0)
            mstore(question, selector)
            mstore(add(question, 4), 96)
            mstore(add(question, 36), digest)
            mstore(add(question, 68), sub(behindKey, add(question, 4)))
            mstore(add(question, VERIFY_HEAD), key.length)
            calldatacopy(add(question, add(VERIFY_HEAD, 32)), key.offset, key.length)
            mstore(behindKey, signature.length)
            calldatacopy(add(behindKey, 32), signature.offset, signature.length)
            valid := staticcall(not(0), verifier, question, sub(end, question), 0, 32)
            valid := and(and(valid, gt(returndatasize(), 31)), eq(mload(0), selector))
        }
    }
}
