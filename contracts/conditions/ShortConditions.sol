// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The conditions that nearly every policy is made of
/// @notice Clauses whose comparisons take a word, by way of offsets and array elements, and hold it against a value, a list
/// or a Merkle set. Whatever is unusual, be it a rarer step or operator, data that are not in order, or a clause that does
/// not hold, ends the walk before that clause, for {IConditionEngine} to decide and to say why.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`; the numbers below are its codes.
library ShortConditions {
    /// @notice Holds clauses of every kind that is common.
    /// @param body of a permission that was checked when it was granted; its conditions begin at `offset`.
    /// @param proofs set proofs, one behind the other.
    /// @return left clauses that are not known to hold, 0 if all do.
    /// @return next where the first of them begins, or else the end of the conditions.
    /// @return used set proofs used by the clauses before, in bytes.
    // solhint-disable-next-line function-max-lines
    function hold(
        bytes calldata body,
        uint256 offset,
        bytes calldata proofs,
        bytes calldata data,
        address account
    ) internal pure returns (uint256 left, uint256 next, uint256 used) {
        // No conditions have no clauses; but an early return keeps this out of its caller's frame, which spills to memory.
        if (body.length <= offset) return (0, offset, 0);
        uint256 proof;
        // Assembly: one condition costs some 250 gas this way and over 1,300 in Solidity, whose jumps and stack shuffling
        // outweigh the few comparisons that it is. Functions with a `leave` are not inlined, and so keep each its variables
        // on the stack. Within a walk, while nothing is wrong, `head` is at most the data's end, and what is added to it is
        // below 2^32 or tested against the data. Set proofs are hashed in scratch space.
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

            // EQUAL, EQUAL_SELF, NOT_EQUAL, AT_MOST, AT_LEAST: which of equal (1), less (2) and greater (4) each of them
            // allows stands in a table, by its code.
            function relates(operator, value, operand) -> holds {
                let relation := or(eq(value, operand), or(shl(1, lt(value, operand)), shl(2, gt(value, operand))))
                holds := and(byte(operator, shl(208, 0x000101060305)), relation)
            }

            // IN_SET, by a proof that is as long as the tree is deep: else a node could pose as a member
            function isMember(value, operands, start) -> holds, proofThen {
                let depth := byte(0, calldataload(start))
                start := add(start, 1)
                proofThen := add(start, add(mul(28, depth), shl(2, gt(depth, 0))))
                let operand := calldataload(operands)
                if xor(shr(depth, or(sub(shl(1, and(operand, 0xffffffff)), 1), 2)), 1) { leave }
                holds := eq(fold(value, start, depth), shr(32, operand))
            }

            // IN_LIST
            function isListed(value, operands) -> holds {
                let member := add(operands, 1)
                let end := add(member, shl(5, byte(0, calldataload(operands))))
                for {} lt(member, end) { member := add(member, 32) } {
                    if eq(calldataload(member), value) {
                        holds := 1
                        leave
                    }
                }
            }

            // Where what follows the operands begins.
            function behind(operator, operands) -> end {
                end := add(operands, shl(5, iszero(eq(operator, 2))))
                if lt(operator, 8) { leave }
                let size := add(1, byte(0, calldataload(operands)))
                switch operator
                case 8 { size := sub(shl(5, size), 31) }
                case 9 { size := 32 }
                case 10 { size := 64 }
                case 12 { size := 32 }
                end := add(operands, size)
            }

            // Any clause: its end, or 0 if it is not known to hold, and how far it has used the proofs.
            function clause(start, proofStart, proofEnd, arguments, dataEnd, self) -> end, proofThen {
                let comparisons := byte(0, calldataload(start))
                let holds := 0
                start := add(start, 1)
                for {} comparisons { comparisons := sub(comparisons, 1) } {
                    let operator := byte(0, calldataload(start))
                    let operands := add(add(start, 2), byte(1, calldataload(start)))
                    if iszero(holds) {
                        // solhint-disable-next-line no-unused-vars
                        let found, value, behindPath := walk(add(start, 2), arguments, dataEnd)
                        if iszero(found) { leave }
                        switch operator
                        case 2 { holds := eq(value, self) }
                        case 8 { holds := isListed(value, operands) }
                        case 9 {
                            if iszero(lt(proofStart, proofEnd)) { leave }
                            holds, proofStart := isMember(value, operands, proofStart)
                        }
                        default {
                            if gt(operator, 5) { leave }
                            holds := relates(operator, value, calldataload(operands))
                        }
                    }
                    start := behind(operator, operands)
                }
                if holds {
                    end := start
                    proofThen := proofStart
                }
            }

            account := shr(96, shl(96, account))
            proof := proofs.offset
            next := add(body.offset, offset)
            left := byte(0, calldataload(next))
            next := add(next, 1)
            for {} left { left := sub(left, 1) } {
                let head := calldataload(next)
                // Nearly every clause is one comparison of one word with one value.
                switch and(eq(byte(0, head), 1), lt(byte(1, head), 6))
                case 1 {
                    let found, value, operands := walk(add(next, 3), add(data.offset, 4), add(data.offset, data.length))
                    if iszero(found) { break }
                    let operand := calldataload(operands)
                    let isSelf := eq(byte(1, head), 2)
                    if isSelf { operand := account }
                    if iszero(relates(byte(1, head), value, operand)) { break }
                    next := add(operands, shl(5, iszero(isSelf)))
                }
                default {
                    let end, proofThen := clause(
                        next,
                        proof,
                        add(proofs.offset, proofs.length),
                        add(data.offset, 4),
                        add(data.offset, data.length),
                        account
                    )
                    if iszero(end) { break }
                    next := end
                    proof := proofThen
                }
            }
            next := sub(next, body.offset)
            used := sub(proof, proofs.offset)
        }
    }
}
