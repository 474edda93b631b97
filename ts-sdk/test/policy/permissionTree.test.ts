import { type Hex, concat, keccak256, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { buildPermissionTree, climb, hashNode, hashPolicyRoot } from '../../src/index.ts'

const leaves = (count: number): Hex[] => Array.from({ length: count }, (_, index) => keccak256(toHex(index)))

test('a node is the same whichever way round, and tagged apart from leaf and root', () => {
  const [a, b] = leaves(2) as [Hex, Hex]
  const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a]
  expect(hashNode(a, b)).toBe(keccak256(concat(['0x01', low, high])))
  expect(hashNode(b, a)).toBe(hashNode(a, b))
  expect(hashPolicyRoot(a, b)).toBe(keccak256(concat(['0x02', a, b])))
})

test('the shape of docs/WIRE-FORMAT.md: two hot leaves above a tree of three', () => {
  const [a, b, c, d, e] = leaves(5) as [Hex, Hex, Hex, Hex, Hex]
  const below = hashNode(hashNode(c, d), e)
  const { root, proofs } = buildPermissionTree([a, b, c, d, e], 2)
  expect(root).toBe(hashNode(a, hashNode(b, below)))
  expect(proofs[0]).toEqual([hashNode(b, below)])
  expect(proofs[1]).toEqual([below, a])
  expect(proofs[2]).toEqual([d, e, b, a])
  expect(proofs[4]).toEqual([hashNode(c, d), b, a])
})

test('all hot: the chain ends in the last leaf', () => {
  const [a, b, c] = leaves(3) as [Hex, Hex, Hex]
  expect(buildPermissionTree([a, b, c], 3).root).toBe(hashNode(a, hashNode(b, c)))
  expect(buildPermissionTree([a], 1).root).toBe(a)
})

describe('every proof leads to the root, and from no other leaf', () => {
  test.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [7, 0],
    [8, 3],
    [33, 5],
    [100, 100],
  ])('%i leaves, %i hot', (count, hot) => {
    const list = leaves(count)
    const { root, proofs } = buildPermissionTree(list, hot)
    for (const [index, proof] of proofs.entries()) {
      expect(climb(list[index] as Hex, proof)).toBe(root)
      expect(climb(keccak256(list[index] as Hex), proof)).not.toBe(root)
    }
  })
})

test('nothing and too many hot ones are refused', () => {
  expect(() => buildPermissionTree([], 0)).toThrow(RangeError)
  expect(() => buildPermissionTree(leaves(2), 3)).toThrow(RangeError)
})
