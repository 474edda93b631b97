// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The conditions that nearly every policy is made of
/// @notice Clauses whose comparisons take a word, by way of offsets and array elements, and hold it against a value, a list
/// or a Merkle set. Whatever is unusual, be it a rarer step or operator, data that are not in order, or a clause that does
/// not hold, ends the walk before that clause, for {IConditionEngine} to decide and to say why.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`; the numbers below are its codes.
library ShortConditions {
    /// @param body of a permission that was checked when it was granted; its conditions begin at `offset`.
    /// @param proofs set proofs, one behind the other.
    /// @return left clauses that are not known to hold, 0 if all do.
    /// @return next where the first of them begins, or else the end of the conditions.
    /// @return used set proofs used by the clauses before, in bytes.
    function hold(
        bytes calldata body,
        uint256 offset,
        bytes calldata proofs,
        bytes calldata data,
        address account
    ) internal pure returns (uint256 left, uint256 next, uint256 used) {
        // No conditions have no clauses; but an early return keeps this out of its caller's frame, which spills to memory.
        if (body.length <= offset) return (0, offset, 0);
        // Assembly: one condition costs some 250 gas this way and over 1,300 in Solidity, whose jumps and stack shuffling
        // outweigh the few comparisons that it is. Within the walk, `position` is at most the data's length before each
        // step, and what is added to it is below 2^32 or tested against the data first; a word that is read before its place
        // is tested is not used if that fails. Set proofs are hashed beyond the free pointer, which does not move.
        assembly ("memory-safe") {
            next := add(body.offset, offset)
            left := byte(0, calldataload(next))
            next := add(next, 1)
            for {} left { left := sub(left, 1) } {
                let comparisons := byte(0, calldataload(next))
                let cursor := add(next, 1)
                let usedHere := used
                let holds := 0
                for {} comparisons { comparisons := sub(comparisons, 1) } {
                    let head := calldataload(cursor)
                    let operator := byte(0, head)
                    let start := add(cursor, 2)
                    let operands := add(start, byte(1, head))
                    if iszero(holds) {
                        let position := 4
                        let value
                        let found := 0
                        for {} 1 {} {
                            let step := calldataload(start)
                            let code := byte(0, step)
                            let slot := add(position, shl(5, byte(1, step)))
                            value := calldataload(add(data.offset, slot))
                            // WORD
                            if eq(code, 0x01) {
                                found := iszero(gt(add(slot, 32), data.length))
                                break
                            }
                            // TYPED_WORD, of the families unsigned, bytesN and signed
                            if eq(code, 0x0c) {
                                let bits := shl(3, and(byte(2, step), 0x3f))
                                let dirt
                                switch shr(6, byte(2, step))
                                case 0 { dirt := shr(bits, value) }
                                case 1 { dirt := shl(bits, value) }
                                default { dirt := xor(signextend(sub(shr(3, bits), 1), value), value) }
                                found := iszero(or(dirt, gt(add(slot, 32), data.length)))
                                break
                            }
                            // FOLLOW: an offset that is a multiple of 32, behind its own head and within the data
                            if eq(code, 0x02) {
                                if or(
                                    or(and(value, 31), gt(add(slot, 32), data.length)),
                                    or(lt(value, shl(5, byte(2, step))), gt(value, sub(data.length, position)))
                                ) { break }
                                position := add(position, value)
                                start := add(start, 3)
                                continue
                            }
                            // ELEMENT of a known width: of an array that has it and lies within the data. Dynamic elements
                            // have the width 0, by which every array that has an element is too long.
                            if iszero(eq(code, 0x04)) { break }
                            let length := calldataload(add(data.offset, position))
                            let index := and(shr(232, step), 0xffff)
                            let width := shl(5, byte(3, step))
                            position := add(position, 32)
                            if or(gt(position, data.length), iszero(lt(index, length))) { break }
                            if gt(length, div(sub(data.length, position), width)) { break }
                            position := add(position, mul(width, index))
                            start := add(start, 4)
                        }
                        if iszero(found) { break }

                        switch lt(operator, 6)
                        case 1 {
                            // EQUAL, EQUAL_SELF, NOT_EQUAL, AT_MOST, AT_LEAST: which of equal (1), less (2) and greater (4)
                            // each of them allows stands in a table, by its code.
                            let operand := calldataload(operands)
                            if eq(operator, 2) { operand := shr(96, shl(96, account)) }
                            let relation :=
                                or(eq(value, operand), or(shl(1, lt(value, operand)), shl(2, gt(value, operand))))
                            holds := and(byte(operator, shl(208, 0x000101060305)), relation)
                        }
                        default {
                            switch operator
                            // IN_LIST
                            case 8 {
                                let member := add(operands, 1)
                                let end := add(member, shl(5, byte(0, calldataload(operands))))
                                for {} lt(member, end) { member := add(member, 32) } {
                                    holds := or(holds, eq(calldataload(member), value))
                                }
                            }
                            // IN_SET: a proof that is there, and no longer than a tree of so many members is deep
                            case 9 {
                                if iszero(lt(usedHere, proofs.length)) { break }
                                let proof := add(proofs.offset, usedHere)
                                let length := byte(0, calldataload(proof))
                                proof := add(proof, 1)
                                let end := add(proof, shl(5, length))
                                usedHere := add(usedHere, add(1, shl(5, length)))
                                let count := shr(224, calldataload(add(operands, 32)))
                                let tooLong := and(iszero(iszero(length)), iszero(shr(sub(length, 1), sub(count, 1))))
                                let memory_ := mload(0x40)
                                let low := add(memory_, 1)
                                let high := add(memory_, 33)
                                mstore8(memory_, 0x10)
                                mstore(low, value)
                                let current := keccak256(memory_, 33)
                                mstore8(memory_, 0x11)
                                // Two siblings at a time, for half of the jumps.
                                if and(length, 1) {
                                    let sibling := calldataload(proof)
                                    let shift := shl(5, lt(sibling, current))
                                    mstore(add(low, shift), current)
                                    mstore(sub(high, shift), sibling)
                                    current := keccak256(memory_, 65)
                                    proof := add(proof, 32)
                                }
                                for {} lt(proof, end) { proof := add(proof, 64) } {
                                    let sibling := calldataload(proof)
                                    let shift := shl(5, lt(sibling, current))
                                    mstore(add(low, shift), current)
                                    mstore(sub(high, shift), sibling)
                                    current := keccak256(memory_, 65)
                                    sibling := calldataload(add(proof, 32))
                                    shift := shl(5, lt(sibling, current))
                                    mstore(add(low, shift), current)
                                    mstore(sub(high, shift), sibling)
                                    current := keccak256(memory_, 65)
                                }
                                holds := and(iszero(tooLong), eq(current, calldataload(operands)))
                            }
                            default { break }
                        }
                    }
                    // Behind the operands.
                    let size := shl(5, iszero(eq(operator, 2)))
                    if gt(operator, 7) {
                        size := add(1, byte(0, calldataload(operands)))
                        switch operator
                        case 8 { size := sub(shl(5, size), 31) }
                        case 9 { size := 36 }
                        case 10 { size := 64 }
                        case 12 { size := 32 }
                    }
                    cursor := add(operands, size)
                }
                if iszero(holds) { break }
                next := cursor
                used := usedHere
            }
            next := sub(next, body.offset)
        }
    }
}
