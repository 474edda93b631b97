import type { Hex } from 'viem'
import type { Comparison } from './comparisons.ts'

const signed = (word: bigint): bigint => BigInt.asIntN(256, word)

/**
 * Whether a comparison of a word with operands holds; `undefined` where it takes more to say: the account, a proof,
 * another value of the call, or a byte string.
 */
export function compareWord(comparison: Comparison, word: bigint): boolean | undefined {
  switch (comparison.operator) {
    case 'equal':
      return word === BigInt(comparison.value)
    case 'notEqual':
      return word !== BigInt(comparison.value)
    case 'atMost':
      return word <= BigInt(comparison.value)
    case 'atLeast':
      return word >= BigInt(comparison.value)
    case 'signedAtMost':
      return signed(word) <= signed(BigInt(comparison.value))
    case 'signedAtLeast':
      return signed(word) >= signed(BigInt(comparison.value))
    case 'inList':
      return comparison.values.some((value) => BigInt(value) === word)
    case 'maskedEqual':
      return (word & BigInt(comparison.mask)) === BigInt(comparison.value)
    default:
      return undefined
  }
}

/** The words that a comparison names, where it names them all. */
export function namedWords(comparison: Comparison): readonly Hex[] | undefined {
  if (comparison.operator === 'equal') return [comparison.value]
  return comparison.operator === 'inList' ? comparison.values : undefined
}
