// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ISessionKeyErrors} from "../interfaces/ISessionKeyErrors.sol";
import {CalldataWord} from "../libraries/CalldataWord.sol";

/// @title Sets too long for a policy: a root and a count in the policy, the list a published file
/// @notice A balanced tree over the ascending words, of `keccak256(0x10 · word)` and `keccak256(0x11 · min · max)`: tags of
/// its own, so that no part of a permission tree can pose as a member.
/// @dev Format: docs/WIRE-FORMAT.md, `Sets`.
library MerkleSets {
    using CalldataWord for bytes;

    /// @dev validAfter 5 · validUntil 5 · evidenceLength 2 stand before the evidence in a signature.
    uint256 private constant SIGNATURE_HEAD = 12;

    /// @notice The set proofs of the leaf that ends at `cursor` of `evidence`, as
    /// `setProofCount (1) · (proofLength (1) · proof (32 each))*`.
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
            for (uint256 left = evidence.byteAt(cursor); left != 0; --left) end += 1 + 32 * evidence.byteAt(end);
            if (end > evidence.length) revert ISessionKeyErrors.EvidenceMalformed(SIGNATURE_HEAD + cursor);
            proofs = evidence.slice(cursor + 1, end - cursor - 1);
        }
    }

    /// @notice Whether the proof at `start` of `proofs` shows `value` in the set of `root` and `count`.
    /// @param proofs whole set proofs; one begins at `start`.
    /// @return member whether it does.
    /// @return next where the next proof begins.
    function contains(uint256 value, bytes32 root, uint256 count, bytes calldata proofs, uint256 start)
        internal
        pure
        returns (bool member, uint256 next)
    {
        // Unchecked: at most 255 words from an offset within calldata; `count` was not 0 when it was granted.
        unchecked {
            uint256 length = proofs.byteAt(start);
            next = start + 1 + 32 * length;
            // No path of the tree is longer than its depth.
            if (length != 0 && (count - 1) >> (length - 1) == 0) return (false, next);
            member = _climb(value, proofs.slice(start + 1, 32 * length)) == root;
        }
    }

    function _climb(uint256 value, bytes calldata proof) private pure returns (bytes32 current) {
        // Assembly: fourteen hashes of two words and a tag, for 10,000 members; the smaller hash is placed first without a
        // jump. Beyond the free pointer, which does not move.
        assembly ("memory-safe") {
            let memory_ := mload(0x40)
            let low := add(memory_, 1)
            let high := add(memory_, 33)
            mstore8(memory_, 0x10)
            mstore(low, value)
            current := keccak256(memory_, 33)
            mstore8(memory_, 0x11)
            let place := proof.offset
            let last := add(place, proof.length)
            // Two at a time: half of the jumps.
            if and(proof.length, 32) {
                let sibling := calldataload(place)
                let shift := shl(5, lt(sibling, current))
                mstore(add(low, shift), current)
                mstore(sub(high, shift), sibling)
                current := keccak256(memory_, 65)
                place := add(place, 32)
            }
            for {} lt(place, last) { place := add(place, 64) } {
                let sibling := calldataload(place)
                let shift := shl(5, lt(sibling, current))
                mstore(add(low, shift), current)
                mstore(sub(high, shift), sibling)
                current := keccak256(memory_, 65)
                sibling := calldataload(add(place, 32))
                shift := shl(5, lt(sibling, current))
                mstore(add(low, shift), current)
                mstore(sub(high, shift), sibling)
                current := keccak256(memory_, 65)
            }
        }
    }
}
