import { type Hex, isAddress, isHex, pad, size, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { addressField } from '../policy/fields.ts'

/** What the values of a word are: how operands are written, and which comparisons make sense. */
export type WordType =
  | { readonly kind: 'address' | 'bool' | 'untyped' }
  | { readonly kind: 'unsigned' | 'signed'; readonly bits: number }
  | { readonly kind: 'bytes'; readonly length: number }
  /** Bytes cut out of a byte string, from the right of the word. */
  | { readonly kind: 'slice'; readonly length: number }

export const LENGTH_TYPE: WordType = { kind: 'unsigned', bits: 256 }

/** The type of a word by its ABI name; `undefined`: no such type of one word. */
export function wordTypeOf(type: string): WordType | undefined {
  if (type === 'address' || type === 'bool') return { kind: type }
  if (type === 'function') return { kind: 'bytes', length: 24 }
  const [, base, width] = /^(uint|int|bytes)(\d*)$/.exec(type) ?? []
  if (base === 'bytes') return width ? { kind: 'bytes', length: Number(width) } : undefined
  if (base === undefined) return undefined
  return { kind: base === 'uint' ? 'unsigned' : 'signed', bits: Number(width || 256) }
}

/** `type` of a TYPED_WORD step; `undefined` where every word is clean. */
export function typeCodeOf(type: WordType): number | undefined {
  switch (type.kind) {
    case 'address':
      return 20
    case 'bool':
      return 1
    case 'unsigned':
      return type.bits === 256 ? undefined : type.bits / 8
    case 'signed':
      return type.bits === 256 ? undefined : 0x80 + type.bits / 8
    case 'bytes':
      return type.length === 32 ? undefined : 0x40 + type.length
    default:
      return undefined
  }
}

/** Bits of a word that a clean value of the type may have set. */
export function valueMask(type: WordType): bigint {
  const low = (bits: number) => (1n << BigInt(bits)) - 1n
  switch (type.kind) {
    case 'address':
      return low(160)
    case 'bool':
      return 1n
    case 'unsigned':
      return low(type.bits)
    case 'bytes':
      return low(type.length * 8) << BigInt(256 - type.length * 8)
    case 'slice':
      return low(type.length * 8)
    default:
      return low(256)
  }
}

/** A word as the number that its type's order means by it. */
export function ordinal(type: WordType, word: bigint): bigint {
  return type.kind === 'signed' ? BigInt.asIntN(256, word) : word
}

/** Smallest and greatest number of a type, in its own order. */
export function rangeOf(type: WordType): readonly [min: bigint, max: bigint] {
  if (type.kind === 'signed') return [-(1n << BigInt(type.bits - 1)), (1n << BigInt(type.bits - 1)) - 1n]
  return [0n, valueMask(type)]
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
}

const word = (value: bigint): Hex => toHex(BigInt.asUintN(256, value), { size: 32 })
const isBytes = (value: unknown): value is Hex => isHex(value) && value.length % 2 === 0

function numberWord(field: string, type: WordType, value: unknown): Hex {
  const [min, max] = rangeOf(type)
  const integer = integerOf(value)
  const accepted = `a whole number from ${min} to ${max}`
  if (integer === undefined) throw new InvalidPolicyFieldError(field, value, accepted)
  if (integer < min || integer > max) throw new InvalidPolicyFieldError(field, value, accepted, { code: 'OutOfRange' })
  return word(integer)
}

/** Bytes in a word, and addresses and numbers where a byte string is cut. */
function sliceWord(field: string, length: number, value: unknown): Hex {
  if (isBytes(value) && size(value) === length) {
    if (length === 20) addressField(field, value)
    return pad(value, { size: 32 }).toLowerCase() as Hex
  }
  if (typeof value === 'bigint' || typeof value === 'number') return numberWord(field, { kind: 'slice', length }, value)
  throw new InvalidPolicyFieldError(field, value, `${length} bytes in hex digits, or a number that fits them`)
}

/** Without an ABI the value itself has to say how it fills a word: numbers and addresses from the right. */
function untypedWord(field: string, value: unknown): Hex {
  if (typeof value === 'boolean') return word(value ? 1n : 0n)
  const integer = integerOf(value)
  if (integer !== undefined && integer >= 0n && integer < 2n ** 256n) return word(integer)
  if (isBytes(value) && size(value) === 32) return value.toLowerCase() as Hex
  if (isAddress(String(value))) return pad(value as Hex, { size: 32 }).toLowerCase() as Hex
  throw new InvalidPolicyFieldError(field, value, 'an address, a number from 0 to 2^256 − 1, a boolean, or 32 bytes')
}

/**
 * The 32-byte word of an operand, as its type is encoded in call data.
 *
 * @throws InvalidPolicyFieldError what is of another type or out of the type's range
 */
export function operandWord(field: string, type: WordType, value: unknown): Hex {
  switch (type.kind) {
    case 'address':
      return pad(addressField(field, value), { size: 32 }).toLowerCase() as Hex
    case 'bool':
      if (typeof value === 'boolean') return word(value ? 1n : 0n)
      throw new InvalidPolicyFieldError(field, value, '`true` or `false`')
    case 'bytes':
      if (isBytes(value) && size(value) === type.length) {
        return pad(value, { size: 32, dir: 'right' }).toLowerCase() as Hex
      }
      throw new InvalidPolicyFieldError(field, value, `${type.length} bytes in hex digits`)
    case 'slice':
      return sliceWord(field, type.length, value)
    case 'untyped':
      return untypedWord(field, value)
    default:
      return numberWord(field, type, value)
  }
}
