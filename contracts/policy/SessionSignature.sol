// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title `userOp.signature` of a session key: window, evidence, signatures
/// @dev Format: docs/WIRE-FORMAT.md, `signature`. What every operation reads is spelled out in {UserOperations}; here is
/// what only an operation that carries its grant has.
library SessionSignature {
    using CalldataWord for bytes;

    /// @dev What stands before the evidence: validAfter 5 · validUntil 5 · evidenceLength 2.
    uint256 internal constant HEAD = 12;
    /// @dev signerLength 1 · signer 21 · headerLength 2, within the evidence, of an EOA.
    uint256 internal constant HEADER_OFFSET = 24;
    /// @dev 0x00 · grantLength 2.
    uint256 private constant GRANT_OFFSET = 3;

    /// @notice End of the operation's window, seconds since 1970.
    function validUntil(bytes calldata signature) internal pure returns (uint256) {
        return (signature.word(0) >> 176) & 0xffffffffff;
    }

    /// @notice How many bytes of `evidence` a carried grant takes. Reverts if it is cut off.
    /// @param evidence begins with 0, as it does where it carries a grant.
    function carriedLength(bytes calldata evidence) internal pure returns (uint256 length) {
        if (evidence.length < GRANT_OFFSET) revert ISessionKeyErrors.EvidenceMalformed(HEAD);
        // Unchecked: a 16-bit length.
        unchecked {
            length = GRANT_OFFSET + ((evidence.word(0) >> 232) & 0xffff);
        }
        if (length > evidence.length) revert ISessionKeyErrors.EvidenceMalformed(HEAD + 1);
    }

    /// @notice The grant that a signature carries, and signer and header of the evidence behind it.
    function openCarried(bytes calldata signature)
        internal
        pure
        returns (bytes calldata grant, bytes calldata signer, bytes calldata header)
    {
        // Unchecked: offsets within a record whose lengths are 16-bit numbers.
        unchecked {
            uint256 evidenceLength = (signature.word(0) >> 160) & 0xffff;
            if (HEAD + evidenceLength > signature.length) revert ISessionKeyErrors.EvidenceMalformed(signature.length);
            bytes calldata evidence = signature.slice(HEAD, evidenceLength);
            if (evidence.byteAt(0) != 0) revert ISessionKeyErrors.EvidenceMalformed(HEAD);
            uint256 length = carriedLength(evidence);
            grant = evidence.slice(GRANT_OFFSET, length - GRANT_OFFSET);
            (signer, header,) = open(evidence, length);
        }
    }

    /// @notice Signer and header at `start` of the evidence, and where the leaves begin behind them. Reverts where they do
    /// not lie in it.
    function open(bytes calldata evidence, uint256 start)
        internal
        pure
        returns (bytes calldata signer, bytes calldata header, uint256 leavesOffset)
    {
        // Unchecked: lengths of one and two bytes, behind an offset that lies within calldata.
        unchecked {
            uint256 length = evidence.byteAt(start);
            signer = evidence.slice(start + 1, length);
            uint256 offset = start + 3 + length;
            uint256 headerLength = evidence.word(offset - 2) >> 240;
            header = evidence.slice(offset, headerLength);
            leavesOffset = offset + headerLength;
            if (start + 1 + length > evidence.length) revert ISessionKeyErrors.EvidenceMalformed(HEAD + start);
            if (leavesOffset > evidence.length) revertHeader(evidence, offset);
        }
    }

    /// @notice Says that the header does not lie within the evidence.
    /// @param offset where it begins.
    function revertHeader(bytes calldata evidence, uint256 offset) internal pure {
        // Unchecked: an offset behind a length of two bytes.
        unchecked {
            revert ISessionKeyErrors.EvidenceMalformed(HEAD + (evidence.length < offset ? 0 : offset - 2));
        }
    }
}
