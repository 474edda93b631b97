import { type Address, type Hex, bytesToHex, getAddress, hexToBytes, keccak256 } from 'viem'
import { InvalidSetError } from '../errors/sets.ts'
import { operandWord, ordinal, wordTypeOf } from './operands.ts'

const LEAF_TAG = 0x10
const NODE_TAG = 0x11
const MAX_COUNT = 2 ** 32 - 1

/** A Merkle set: the list itself, of which a policy holds root and count. */
export type WordSet<T extends string = string> = {
  /** ABI type of the entries. */
  readonly type: T
  readonly root: Hex
  readonly count: number
  /** Strictly ascending, as 32-byte words. */
  readonly words: readonly Hex[]
  has(word: Hex): boolean
  /** Siblings from the word's leaf upwards; `undefined`: it is not in the set. */
  prove(word: Hex): readonly Hex[] | undefined
}

function hashLeaf(word: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(33)
  bytes[0] = LEAF_TAG
  bytes.set(word, 1)
  return keccak256(bytes, 'bytes')
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < 32; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}

function hashNode(a: Uint8Array, b: Uint8Array): Uint8Array {
  const isAscending = isBelow(a, b)
  const bytes = new Uint8Array(65)
  bytes[0] = NODE_TAG
  bytes.set(isAscending ? a : b, 1)
  bytes.set(isAscending ? b : a, 33)
  return keccak256(bytes, 'bytes')
}

/** All levels of the tree, leaves first. An odd last node moves up as it is. */
function buildLevels(words: readonly Hex[]): readonly (readonly Uint8Array[])[] {
  let level: readonly Uint8Array[] = words.map((word) => hashLeaf(hexToBytes(word)))
  const levels = [level]
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index] as Uint8Array, level[index + 1]]
      next.push(right ? hashNode(left, right) : left)
    }
    level = next
    levels.push(level)
  }
  return levels
}

function toWordSet<T extends string>(type: T, words: readonly Hex[]): WordSet<T> {
  const levels = buildLevels(words)
  const places = new Map(words.map((word, index) => [word, index]))
  return {
    type,
    root: bytesToHex((levels.at(-1) as readonly Uint8Array[])[0] as Uint8Array),
    count: words.length,
    words,
    has: (word) => places.has(word),
    prove(word) {
      let place = places.get(word)
      if (place === undefined) return undefined
      const proof: Hex[] = []
      for (const level of levels.slice(0, -1)) {
        const sibling = level[place ^ 1]
        if (sibling) proof.push(bytesToHex(sibling))
        place >>= 1
      }
      return proof
    },
  }
}

/**
 * A set of words of one ABI type, such as `createSet('uint256', tokenIds)`. The order of the list does not matter; ten
 * thousand entries take a fraction of a second.
 *
 * @throws InvalidSetError an empty list, an entry that is there twice; InvalidPolicyFieldError one of another type
 */
export function createSet<const T extends string>(type: T, list: readonly unknown[]): WordSet<T> {
  const wordType = wordTypeOf(type)
  if (!wordType) throw new InvalidSetError('type', type, 'the ABI type of a single word')
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_COUNT) {
    throw new InvalidSetError('list', list?.length, `1 to ${MAX_COUNT} entries`)
  }
  const words = list.map((entry, index) => operandWord(`list[${index}]`, wordType, entry))
  const places = new Map<Hex, number>()
  for (const [index, word] of words.entries()) {
    const twin = places.get(word)
    if (twin !== undefined) {
      throw new InvalidSetError(`list[${index}]`, list[index], `an entry other than \`list[${twin}]\``)
    }
    places.set(word, index)
  }
  // Words of one length in lower case: their order as text is their order as numbers.
  return toWordSet(type, words.sort())
}

/** A set of addresses: `inSet(createAddressSet(recipients))`. */
export function createAddressSet(list: readonly Address[]): WordSet<'address'> {
  return createSet('address', list)
}

/** Whether a proof leads from a word to the root of a set. */
export function verifySetProof(root: Hex, word: Hex, proof: readonly Hex[]): boolean {
  const top = proof.reduce((node, sibling) => hashNode(node, hexToBytes(sibling)), hashLeaf(hexToBytes(word)))
  return bytesToHex(top) === root.toLowerCase()
}

/** An entry of a set as a person writes it. */
export function entryOf(type: string, word: Hex): string {
  const wordType = wordTypeOf(type)
  switch (wordType?.kind) {
    case 'address':
      return getAddress(`0x${word.slice(-40)}`)
    case 'unsigned':
    case 'signed':
      return ordinal(wordType, BigInt(word)).toString()
    case 'bytes':
      return word.slice(0, 2 + 2 * wordType.length)
    default:
      return word
  }
}
