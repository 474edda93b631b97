// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The conditions that nearly every policy is made of
/// @notice Clauses whose comparisons take a word, by way of offsets and array elements, and hold it against a value, a list
/// or a Merkle set. Whatever is unusual, be it a rarer step or operator, data that are not in order, or a clause that does
/// not hold, ends the walk before that clause, for {IConditionEngine} to decide and to say why.
/// @dev Format: docs/WIRE-FORMAT.md, `conditions`; the numbers below are its codes.
library ShortConditions {
    /// @notice Holds the clauses that stand first and are one comparison of one word with one value.
    /// @param place where in call data the clauses' count stands.
    /// @return left clauses that are not known to hold, 0 if all do.
    // solhint-disable-next-line function-max-lines
    function holdFirst(uint256 place, bytes calldata data, address account) internal pure returns (uint256 left) {
        // Never so; but an early return keeps this out of its caller's frame, which spills to memory.
        if (place == 0) return 1;
        // Assembly: as in {hold}, which does the same and more, at a higher price.
        assembly ("memory-safe") {
            // The word that the path at `start` finds, if everything that it passes is in order.
            function walk(start, dataOffset, dataLength) -> found, value {
                let position := 4
                for {} 1 {} {
                    let step := calldataload(start)
                    let code := byte(0, step)
                    let slot := add(position, shl(5, byte(1, step)))
                    value := calldataload(add(dataOffset, slot))
                    // WORD
                    if eq(code, 0x01) {
                        found := iszero(gt(add(slot, 32), dataLength))
                        leave
                    }
                    // TYPED_WORD, of the families unsigned, bytesN and signed
                    if eq(code, 0x0c) {
                        let bits := shl(3, and(byte(2, step), 0x3f))
                        let dirt
                        switch shr(6, byte(2, step))
                        case 0 { dirt := shr(bits, value) }
                        case 1 { dirt := shl(bits, value) }
                        default { dirt := xor(signextend(sub(shr(3, bits), 1), value), value) }
                        found := iszero(or(dirt, gt(add(slot, 32), dataLength)))
                        leave
                    }
                    // FOLLOW: an offset that is a multiple of 32, behind its own head and within the data
                    if eq(code, 0x02) {
                        if or(
                            or(and(value, 31), gt(add(slot, 32), dataLength)),
                            or(lt(value, shl(5, byte(2, step))), gt(value, sub(dataLength, position)))
                        ) { leave }
                        position := add(position, value)
                        start := add(start, 3)
                        continue
                    }
                    // ELEMENT of a known width: of an array that has it and lies within the data. Dynamic elements have the
                    // width 0, by which every array that has an element is too long.
                    if iszero(eq(code, 0x04)) { leave }
                    let length := calldataload(add(dataOffset, position))
                    position := add(position, 32)
                    if gt(position, dataLength) { leave }
                    let index := and(shr(232, step), 0xffff)
                    let width := shl(5, byte(3, step))
                    if iszero(lt(index, length)) { leave }
                    if gt(length, div(sub(dataLength, position), width)) { leave }
                    position := add(position, mul(width, index))
                    start := add(start, 4)
                }
            }

            left := byte(0, calldataload(place))
            place := add(place, 1)
            for {} left { left := sub(left, 1) } {
                let head := calldataload(place)
                // One comparison, by EQUAL, EQUAL_SELF, NOT_EQUAL, AT_MOST or AT_LEAST: which of equal (1), less (2) and
                // greater (4) each of them allows stands in a table, by its code.
                let allowed := byte(byte(1, head), shl(208, 0x000101060305))
                if iszero(and(eq(byte(0, head), 1), gt(allowed, 0))) { break }
                let value, found
                // A path that is one WORD is not worth a jump.
                switch eq(and(shr(224, head), 0xffff), 0x0201)
                case 1 {
                    let slot := add(4, shl(5, byte(4, head)))
                    found := iszero(gt(add(slot, 32), data.length))
                    value := calldataload(add(data.offset, slot))
                }
                default { found, value := walk(add(place, 3), data.offset, data.length) }
                let operands := add(add(place, 3), byte(2, head))
                let operand := calldataload(operands)
                let end := add(operands, 32)
                if eq(byte(1, head), 2) {
                    operand := shr(96, shl(96, account))
                    end := operands
                }
                let relation := or(eq(value, operand), or(shl(1, lt(value, operand)), shl(2, gt(value, operand))))
                if iszero(and(mul(found, allowed), relation)) { break }
                place := end
            }
        }
    }

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
        // on the stack. Within a walk, `position` is at most the data's length before each step, and what is added to it is
        // below 2^32 or tested against the data first; a word that is read before its place is tested is not used if that
        // fails. Set proofs are hashed beyond the free pointer, which does not move.
        assembly ("memory-safe") {
            // The word that the path at `start` finds, if everything that it passes is in order.
            function walk(start, dataOffset, dataLength) -> found, value {
                let position := 4
                for {} 1 {} {
                    let step := calldataload(start)
                    let code := byte(0, step)
                    let slot := add(position, shl(5, byte(1, step)))
                    value := calldataload(add(dataOffset, slot))
                    // WORD
                    if eq(code, 0x01) {
                        found := iszero(gt(add(slot, 32), dataLength))
                        leave
                    }
                    // TYPED_WORD, of the families unsigned, bytesN and signed
                    if eq(code, 0x0c) {
                        let bits := shl(3, and(byte(2, step), 0x3f))
                        let dirt
                        switch shr(6, byte(2, step))
                        case 0 { dirt := shr(bits, value) }
                        case 1 { dirt := shl(bits, value) }
                        default { dirt := xor(signextend(sub(shr(3, bits), 1), value), value) }
                        found := iszero(or(dirt, gt(add(slot, 32), dataLength)))
                        leave
                    }
                    // FOLLOW: an offset that is a multiple of 32, behind its own head and within the data
                    if eq(code, 0x02) {
                        if or(
                            or(and(value, 31), gt(add(slot, 32), dataLength)),
                            or(lt(value, shl(5, byte(2, step))), gt(value, sub(dataLength, position)))
                        ) { leave }
                        position := add(position, value)
                        start := add(start, 3)
                        continue
                    }
                    // ELEMENT of a known width: of an array that has it and lies within the data. Dynamic elements have the
                    // width 0, by which every array that has an element is too long.
                    if iszero(eq(code, 0x04)) { leave }
                    let length := calldataload(add(dataOffset, position))
                    position := add(position, 32)
                    if gt(position, dataLength) { leave }
                    let index := and(shr(232, step), 0xffff)
                    let width := shl(5, byte(3, step))
                    if iszero(lt(index, length)) { leave }
                    if gt(length, div(sub(dataLength, position), width)) { leave }
                    position := add(position, mul(width, index))
                    start := add(start, 4)
                }
            }

            // EQUAL, EQUAL_SELF, NOT_EQUAL, AT_MOST, AT_LEAST: which of equal (1), less (2) and greater (4) each of them
            // allows stands in a table, by its code.
            function relates(operator, value, operand) -> holds {
                let relation := or(eq(value, operand), or(shl(1, lt(value, operand)), shl(2, gt(value, operand))))
                holds := and(byte(operator, shl(208, 0x000101060305)), relation)
            }

            // IN_SET, by a proof that is no longer than a tree of so many members is deep.
            function isMember(value, operands, start) -> holds, proofThen {
                let length := byte(0, calldataload(start))
                start := add(start, 1)
                proofThen := add(start, shl(5, length))
                if length {
                    if iszero(shr(sub(length, 1), sub(shr(224, calldataload(add(operands, 32))), 1))) { leave }
                }
                let low := add(mload(0x40), 1)
                let high := add(low, 32)
                mstore8(sub(low, 1), 0x10)
                mstore(low, value)
                value := keccak256(sub(low, 1), 33)
                mstore8(sub(low, 1), 0x11)
                let memory_ := sub(low, 1)
                // Two siblings at a time, for half of the jumps.
                if and(length, 1) {
                    let sibling := calldataload(start)
                    let shift := shl(5, lt(sibling, value))
                    mstore(add(low, shift), value)
                    mstore(sub(high, shift), sibling)
                    value := keccak256(memory_, 65)
                    start := add(start, 32)
                }
                for {} lt(start, proofThen) { start := add(start, 64) } {
                    let sibling := calldataload(start)
                    let shift := shl(5, lt(sibling, value))
                    mstore(add(low, shift), value)
                    mstore(sub(high, shift), sibling)
                    value := keccak256(memory_, 65)
                    sibling := calldataload(add(start, 32))
                    shift := shl(5, lt(sibling, value))
                    mstore(add(low, shift), value)
                    mstore(sub(high, shift), sibling)
                    value := keccak256(memory_, 65)
                }
                holds := eq(value, calldataload(operands))
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
                case 9 { size := 36 }
                case 10 { size := 64 }
                case 12 { size := 32 }
                end := add(operands, size)
            }

            // Any clause: its end, or 0 if it is not known to hold, and how far it has used the proofs.
            function clause(start, proofStart, proofEnd, dataOffset, dataLength, self) -> end, proofThen {
                let comparisons := byte(0, calldataload(start))
                let holds := 0
                start := add(start, 1)
                for {} comparisons { comparisons := sub(comparisons, 1) } {
                    let operator := byte(0, calldataload(start))
                    let operands := add(add(start, 2), byte(1, calldataload(start)))
                    if iszero(holds) {
                        let found, value := walk(add(start, 2), dataOffset, dataLength)
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
                    let found, value := walk(add(next, 3), data.offset, data.length)
                    if iszero(found) { break }
                    let operands := add(add(next, 3), byte(2, head))
                    let operand := calldataload(operands)
                    let isSelf := eq(byte(1, head), 2)
                    if isSelf { operand := account }
                    if iszero(relates(byte(1, head), value, operand)) { break }
                    next := add(operands, shl(5, iszero(isSelf)))
                }
                default {
                    let end, proofThen :=
                        clause(next, proof, add(proofs.offset, proofs.length), data.offset, data.length, account)
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
