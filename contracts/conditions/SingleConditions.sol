// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Bodies that are one comparison and nothing else
/// @notice What {ShortConditions} is to lists of clauses: whatever is unusual, or does not hold, is left to
/// {IConditionEngine}.
/// @dev Format: docs/WIRE-FORMAT.md, `Body`; the numbers below are its codes. A walk stands in each of both libraries, for
/// functions of assembly end with their block.
library SingleConditions {
    /// @notice Whether a call holds a body that is one comparison of a word of the arguments' head with one value.
    function holdsWord(bytes calldata body, bytes calldata data, address account) internal pure returns (bool holds) {
        // Assembly: as in {ShortConditions-hold}, which does the same and more, at a higher price.
        assembly ("memory-safe") {
            // 0x10 · operator · WORD · n · operand, which has no leading zeros; of EQUAL_SELF there is none.
            let head := calldataload(body.offset)
            let operator := byte(1, head)
            let slot := add(data.offset, add(4, shl(5, byte(3, head))))
            let word_ := calldataload(slot)
            let operand := shr(shl(3, sub(36, body.length)), calldataload(add(body.offset, 4)))
            operand := or(operand, mul(eq(operator, 2), account))
            // EQUAL, EQUAL_SELF, NOT_EQUAL, AT_MOST, AT_LEAST: which of equal (1), less (2) and greater (4) each of them
            // allows stands in a table, by its code.
            let order := add(lt(word_, operand), shl(1, gt(word_, operand)))
            let relation := shr(order, byte(operator, shl(208, 0x000101060305)))
            holds := and(relation, iszero(gt(add(slot, 32), add(data.offset, data.length))))
        }
    }

    /// @notice Holds a body, if it is one comparison of one word with one value, or with a Merkle set, and a call
    /// without value.
    /// @param evidence that carries the body.
    /// @param cursor end of the leaf, or of the byte that repeats it, in `evidence`.
    /// @return next where what belongs to the leaf ends, a set proof included; 0 if the body is not known to hold.
    // solhint-disable-next-line function-max-lines
    function holdSingle(
        bytes calldata body,
        uint256 value_,
        bytes calldata data,
        address account,
        bytes calldata evidence,
        uint256 cursor
    ) internal pure returns (uint256 next) {
        // Assembly: as in {ShortConditions-hold}. Hashes in scratch space.
        assembly ("memory-safe") {
            // The word that the path at `at` finds, whether everything that it passes is in order, and what follows
            // the path.
            // `head` and `end` are places in call data. What is not in order is remembered instead of jumped at:
            // garbage that
            // is read from there on is not used.
            function walk(at, head, end) -> found, value, rest {
                let wrong := 0
                for {} 1 {} {
                    let step := calldataload(at)
                    // FOLLOW: an offset that is a multiple of 32, behind its own head and within the data. The head
                    // holds the
                    // offset itself, as the grant has seen to, so that it lies within the data too.
                    if eq(byte(0, step), 0x02) {
                        value := calldataload(add(head, shl(5, byte(1, step))))
                        wrong := or(
                            or(wrong, and(value, 31)),
                            or(lt(value, shl(5, byte(2, step))), gt(value, sub(end, head)))
                        )
                        head := add(head, value)
                        at := add(at, 3)
                        continue
                    }
                    // ELEMENT of a known width: of an array that has it and lies within the data. Dynamic elements have the
                    // width 0, by which every array that has an element is too long.
                    if eq(byte(0, step), 0x04) {
                        let length := calldataload(head)
                        let index := and(shr(232, step), 0xffff)
                        let width := shl(5, byte(3, step))
                        head := add(head, 32)
                        wrong := or(
                            or(wrong, gt(head, end)), or(iszero(lt(index, length)), gt(length, div(sub(end, head), width)))
                        )
                        head := add(head, mul(width, index))
                        at := add(at, 4)
                        continue
                    }
                    // WORD
                    head := add(head, shl(5, byte(1, step)))
                    value := calldataload(head)
                    wrong := or(wrong, gt(add(head, 32), end))
                    rest := add(at, 2)
                    if eq(byte(0, step), 0x01) { break }
                    // TYPED_WORD, of the families unsigned, bytesN and signed; or a rarer step
                    let bits := shl(3, and(byte(2, step), 0x3f))
                    switch shr(6, byte(2, step))
                    case 0 { wrong := or(wrong, shr(bits, value)) }
                    case 1 { wrong := or(wrong, shl(bits, value)) }
                    default { wrong := or(wrong, xor(signextend(sub(shr(3, bits), 1), value), value)) }
                    wrong := or(wrong, xor(byte(0, step), 0x0c))
                    rest := add(at, 3)
                    break
                }
                found := iszero(wrong)
            }

            // The root that a word and its siblings from `at` on lead to, `depth` and at least one: a word, then nodes of 28
            // bytes, two of them at a time for half of the jumps.
            function fold(value, at, depth) -> root {
                let sibling := calldataload(at)
                let side := shl(5, lt(sibling, value))
                mstore(side, value)
                mstore(xor(side, 32), sibling)
                root := shr(32, keccak256(0, 64))
                at := add(at, 32)
                depth := sub(depth, 1)
                let end := add(at, mul(28, depth))
                if and(depth, 1) {
                    sibling := shr(32, calldataload(at))
                    side := shl(5, lt(sibling, root))
                    mstore(side, root)
                    mstore(xor(side, 32), sibling)
                    root := shr(32, keccak256(0, 64))
                    at := add(at, 28)
                }
                for {} lt(at, end) { at := add(at, 56) } {
                    sibling := shr(32, calldataload(at))
                    side := shl(5, lt(sibling, root))
                    mstore(side, root)
                    mstore(xor(side, 32), sibling)
                    root := shr(32, keccak256(0, 64))
                    sibling := shr(32, calldataload(add(at, 28)))
                    side := shl(5, lt(sibling, root))
                    mstore(side, root)
                    mstore(xor(side, 32), sibling)
                    root := shr(32, keccak256(0, 64))
                }
            }

            function member(start, bodyEnd, proofs_, evidenceEnd_, arguments, end) -> next_ {
                let head := calldataload(start)
                let found, value, operands
                // A path that is one WORD is not worth a loop.
                switch eq(byte(2, head), 0x01)
                case 1 {
                    operands := add(arguments, shl(5, byte(3, head)))
                    value := calldataload(operands)
                    found := iszero(gt(add(operands, 32), end))
                    operands := add(start, 4)
                }
                default { found, value, operands := walk(add(start, 2), arguments, end) }
                head := calldataload(proofs_)
                let depth := byte(1, head)
                let behind := add(add(proofs_, 6), mul(28, depth))
                // Data in order, and the only proof of a leaf that is not repeated: `proofs` is its own end.
                let wrong := or(
                    or(iszero(found), xor(byte(0, head), 1)),
                    or(gt(behind, evidenceEnd_), sub(sub(proofs_, bodyEnd), add(1, shl(5, byte(0, calldataload(bodyEnd))))))
                )
                // As many siblings as the tree is deep: else a node could pose as a member. `count` has no leading zeros.
                let count := add(operands, 28)
                count := shr(shl(3, sub(add(count, 32), bodyEnd)), calldataload(count))
                if or(wrong, xor(shr(depth, or(sub(shl(1, count), 1), 2)), 1)) { leave }
                next_ := mul(behind, eq(fold(value, add(proofs_, 2), depth), shr(32, calldataload(operands))))
            }

            function single(start, bodyEnd, arguments, end, self) -> holds {
                let found, value, operands := walk(add(start, 2), arguments, end)
                let operator := byte(1, calldataload(start))
                let operand := shr(shl(3, sub(add(operands, 32), bodyEnd)), calldataload(operands))
                operand := or(operand, mul(eq(operator, 2), self))
                let relation := add(lt(value, operand), shl(1, gt(value, operand)))
                holds := and(found, shr(relation, byte(operator, shl(208, 0x000101060305))))
            }

            switch byte(0, calldataload(body.offset))
            case 0x10 {
                next := single(
                    body.offset,
                    add(body.offset, body.length),
                    add(data.offset, 4),
                    add(data.offset, data.length),
                    account
                )
                next := mul(next, mul(iszero(value_), cursor))
            }
            case 0x18 {
                next := member(
                    body.offset,
                    add(body.offset, body.length),
                    add(evidence.offset, cursor),
                    add(evidence.offset, evidence.length),
                    add(data.offset, 4),
                    add(data.offset, data.length)
                )
                next := mul(gt(next, 0), mul(iszero(value_), sub(next, evidence.offset)))
            }
        }
    }
}
