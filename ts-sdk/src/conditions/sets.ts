import { type Address, type Hex, bytesToHex, getAddress, hexToBytes, keccak256 } from 'viem'
import { InvalidSetError } from '../errors/sets.ts'
import { operandWord, ordinal, wordTypeOf } from './operands.ts'

/** Bytes of a node, and of the root. The leaves are the words themselves. */
const NODE_LENGTH = 28
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
  /** The word's neighbour, 32 bytes, and siblings from there upwards, 28 bytes each; `undefined`: it is not in the set. */
  prove(word: Hex): readonly Hex[] | undefined
}

function isBelow(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < 32; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** A word, or a node as the word that is hashed. */
function asWord(node: Uint8Array): Uint8Array {
  const word = new Uint8Array(32)
  word.set(node, 32 - node.length)
  return word
}

function hashNode(a: Uint8Array, b: Uint8Array): Uint8Array {
  const [left, right] = [asWord(a), asWord(b)]
  const isAscending = isBelow(left, right)
  const bytes = new Uint8Array(64)
  bytes.set(isAscending ? left : right, 0)
  bytes.set(isAscending ? right : left, 32)
  return keccak256(bytes, 'bytes').slice(0, NODE_LENGTH)
}

/** All levels of the tree, words first. An odd last one is paired with itself, as a single word is: all are equally deep. */
function buildLevels(words: readonly Hex[]): readonly (readonly Uint8Array[])[] {
  let level: readonly Uint8Array[] = words.map((word) => hexToBytes(word))
  const levels = [level]
  do {
    const next: Uint8Array[] = []
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] as Uint8Array
      next.push(hashNode(left, level[index + 1] ?? left))
    }
    level = next
    levels.push(level)
  } while (level.length > 1)
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
        proof.push(bytesToHex((level[place ^ 1] ?? level[place]) as Uint8Array))
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

/** Siblings in every proof of a set of `count` words. */
export function setDepth(count: number): number {
  return Math.max(1, 32 - Math.clz32(count - 1))
}

/** Whether a proof, as long as the tree of `count` words is deep, leads from a word to the root of a set. */
export function verifySetProof({ root, count }: { root: Hex; count: number }, word: Hex, proof: readonly Hex[]): boolean {
  if (proof.length !== setDepth(count)) return false
  const top = proof.reduce((node, sibling) => hashNode(node, hexToBytes(sibling)), hexToBytes(word))
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
