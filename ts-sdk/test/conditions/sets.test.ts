import { type Hex, concat, keccak256, pad, slice, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  InvalidSetError,
  createAddressSet,
  createSet,
  formatSetFile,
  parseSetFile,
  verifySetProof,
} from '../../src/index.ts'
import { OTHER, ROUTER, USDC } from '../fixtures.ts'

const word = (value: bigint | number): Hex => toHex(value, { size: 32 })
/** The first 28 bytes of the hash of two words, or of two nodes as words. */
const node = (a: Hex, b: Hex) => {
  const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a]
  return slice(keccak256(concat([pad(low), pad(high)])), 0, 28)
}

describe('the tree', () => {
  test('is the one of the format, whatever the order of the list', () => {
    expect(createSet('uint256', [7]).root).toBe(node(word(7), word(7)))
    expect(createSet('uint256', [9n, 7]).root).toBe(node(word(7), word(9)))
    const pair = (a: number, b: number) => node(word(a), word(b))
    const last = node(pair(5, 5), pair(5, 5))
    expect(createSet('uint256', [5, 3, 1, 4, 2]).root).toBe(node(node(pair(1, 2), pair(3, 4)), last))
  })

  test('takes no node for a member', () => {
    const set = createSet('uint256', [1, 2, 3, 4])
    const [left, right] = [pad(node(word(1), word(2))), pad(node(word(3), word(4)))]
    expect(node(left, right)).toBe(set.root)
    expect(verifySetProof(set, left, [right])).toBe(false)
  })

  test.each([1, 2, 3, 5, 8, 33])('of %i words proves each of them and no other', (count) => {
    const set = createSet('uint256', Array.from({ length: count }, (_, index) => 2 * index))
    expect(set.count).toBe(count)
    for (const [index, member] of set.words.entries()) {
      const proof = set.prove(member)
      expect(proof && verifySetProof(set, member, proof)).toBe(true)
      expect(proof && verifySetProof(set, word(2 * index + 1), proof)).toBe(false)
      // Every proof is as long as the tree is deep: the module takes no other.
      expect(proof?.length).toBe(Math.max(1, Math.ceil(Math.log2(count))))
    }
    expect(set.prove(word(1))).toBeUndefined()
  })

  test('of 10,000 addresses has proofs of 14 siblings', () => {
    const set = createAddressSet(Array.from({ length: 10_000 }, (_, index) => toHex(index + 1, { size: 20 })))
    const proof = set.prove(word(7_777))
    expect(proof).toHaveLength(14)
    expect(verifySetProof(set, word(7_777), proof ?? [])).toBe(true)
  })
})

describe('a list', () => {
  test('is neither empty nor names an entry twice', () => {
    expect(() => createAddressSet([])).toThrow(InvalidSetError)
    expect(() => createAddressSet([USDC, ROUTER, USDC])).toThrow('`list[2]`')
    expect(() => createSet('uint8', [256])).toThrow('0 to 255')
    expect(() => createSet('bytes', ['0x'])).toThrow(InvalidSetError)
    expect(() => createAddressSet(['0x1234'])).toThrow('address')
  })
})

describe('the published file', () => {
  test.each([
    createAddressSet([USDC, ROUTER, OTHER]),
    createSet('uint256', [0n, 2n ** 256n - 1n]),
    createSet('int24', [-8_388_608, 0, 8_388_607]),
    createSet('bytes4', ['0x12345678', '0x00000000']),
  ])('of a set of $type reads back', (set) => {
    const read = parseSetFile(formatSetFile(set), set)
    expect([read.type, read.root, read.count, read.words]).toEqual([set.type, set.root, set.count, set.words])
  })

  const set = createAddressSet([USDC, ROUTER, OTHER])
  const file = JSON.parse(formatSetFile(set)) as Record<string, unknown>
  const entries = file['entries'] as string[]

  test.each([
    ['an entry less', { entries: entries.slice(1) }, 'root'],
    ['an entry more', { entries: [...entries, `0x${'11'.repeat(20)}`] }, 'root'],
    ['another root', { root: word(1) }, 'root'],
    ['another count', { count: 4 }, 'count'],
    ['another type', { type: 'uint256' }, 'list[0]'],
    ['another format', { format: 'csv' }, 'format'],
    ['a field that nobody knows', { note: 'hello' }, 'note'],
    ['no list', { entries: {} }, 'entries'],
  ])('with %s is refused', (_, changes, field) => {
    const text = JSON.stringify({ ...file, ...changes })
    expect(() => parseSetFile(text)).toThrow(expect.objectContaining({ field }) as Error)
  })

  test('of another set than the policy names, or no file at all, is refused', () => {
    expect(() => parseSetFile(formatSetFile(set), { root: word(1), count: 3 })).toThrow(InvalidSetError)
    expect(() => parseSetFile(formatSetFile(set), { root: set.root, count: 2 })).toThrow(InvalidSetError)
    for (const text of ['', '[]', 'null', '{']) expect(() => parseSetFile(text)).toThrow(InvalidSetError)
  })
})
