// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title Sets too long for a policy: a root and a count in the policy, the list a published file
/// @notice A balanced tree whose leaves are the ascending words and whose nodes are the first 28 bytes of
/// `keccak256(min · max)`; an odd last node is paired with itself, and so is a single word: all leaves are equally
/// deep, and a
/// proof that is exactly as long cannot show a node.
/// @dev Format: docs/WIRE-FORMAT.md, `Sets`.
library MerkleSets {
    using CalldataWord for bytes;

    /// @dev validAfter 5 · validUntil 5 · evidenceLength 2 stand before the evidence in a signature.
    uint256 private constant SIGNATURE_HEAD = 12;

    /// @notice The set proofs of the leaf that ends at `cursor` of `evidence`, as
    /// `setProofCount (1) · setProof*`.
    /// @param body the leaf's, where it stands in `evidence`.
    /// @return proofs all of them, without their count.
    /// @return end first offset behind them.
    function open(bytes calldata body, bytes calldata evidence, uint256 cursor)
        internal
        pure
        returns (bytes calldata proofs, uint256 end)
    {
        uint256 bodyEnd;
        // Assembly: a calldata slice's place in the slice around it has no spelling in Solidity.
        assembly ("memory-safe") {
            bodyEnd := sub(add(body.offset, body.length), evidence.offset)
        }
        // Unchecked: at most 255 proofs of 255 words, from an offset within calldata.
        unchecked {
            // A leaf that is repeated has no proofs of its own: `cursor` is not its end.
            if (bodyEnd + 1 + 32 * evidence.byteAt(bodyEnd) != cursor || cursor >= evidence.length) {
                revert ISessionKeyErrors.EvidenceMalformed(SIGNATURE_HEAD + cursor);
            }
            end = cursor + 1;
            for (uint256 left = evidence.byteAt(cursor); left != 0; --left) end += proofLength(evidence.byteAt(end));
            if (end > evidence.length) revert ISessionKeyErrors.EvidenceMalformed(SIGNATURE_HEAD + cursor);
            proofs = evidence.slice(cursor + 1, end - cursor - 1);
        }
    }

    /// @notice Whether the proof at `start` of `proofs` shows `value` in the set of `root` and `count`.
    /// @param proofs whole set proofs; one begins at `start`.
    /// @return member whether it does.
    /// @return next where the next proof begins.
    function contains(uint256 value, uint256 root, uint256 count, bytes calldata proofs, uint256 start)
        internal
        pure
        returns (bool member, uint256 next)
    {
        // Unchecked: at most 255 words from an offset within calldata; `count` was not 0 when it was granted.
        unchecked {
            uint256 depth = proofs.byteAt(start);
            next = start + proofLength(depth);
            // Every path of the tree is as long as it is deep.
            if ((2 * count - 1 | 2) >> depth != 1) return (false, next);
            member = _climb(value, proofs.slice(start + 1, next - start - 1)) == root;
        }
    }

    /// @notice Bytes of a proof of `depth` siblings, `depth (1) · word (32) · node (28 each)`: the first sibling is a word.
    function proofLength(uint256 depth) internal pure returns (uint256) {
        // Unchecked: at most 255 siblings.
        unchecked {
            return depth == 0 ? 1 : 5 + 28 * depth;
        }
    }

    function _climb(uint256 value, bytes calldata proof) private pure returns (uint256 current) {
        current = value;
        // Assembly: fourteen hashes of two words, for 10,000 members, in scratch space; the smaller one is placed first
        // without a jump.
        assembly ("memory-safe") {
            let last := add(proof.offset, proof.length)
            // Of the word all 32 bytes count, of the nodes 28.
            let unused := 0
            for { let at := proof.offset } lt(at, last) {} {
                let sibling := shr(unused, calldataload(at))
                let side := shl(5, lt(sibling, current))
                mstore(side, current)
                mstore(xor(side, 32), sibling)
                current := shr(32, keccak256(0, 64))
                at := add(at, sub(32, shr(3, unused)))
                unused := 32
            }
        }
    }
}
