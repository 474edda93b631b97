import { type Hex, concat, size, toHex } from 'viem'
import type { ByteReader } from '../policy/byteReader.ts'

/** One step of a path into a call's arguments. Format and meaning: docs/WIRE-FORMAT.md, "Paths". */
export type PathStep =
  | { readonly step: 'word'; readonly index: number }
  /** `type`: 0x01–0x20 unsigned of so many bytes, 0x41–0x60 bytesN, 0x81–0xa0 signed. */
  | { readonly step: 'typedWord'; readonly index: number; readonly type: number }
  /** `head`: length of the current head, in words. `before`: words of it that hold offsets too, of what stands behind. */
  | { readonly step: 'follow'; readonly index: number; readonly head: number; readonly before?: readonly number[] }
  /** `size`: words of an element's head; 0: elements of dynamic types, by offset. */
  | { readonly step: 'element'; readonly index: number; readonly size: number }
  | { readonly step: 'every' | 'some'; readonly size: number }
  | { readonly step: 'length' | 'bytes' | 'value' }
  | { readonly step: 'call'; readonly selector: Hex }
  /** `offset` in bytes from the start, or with `fromEnd` from the end of the byte string. */
  | { readonly step: 'slice'; readonly offset: number; readonly fromEnd: boolean; readonly length: number }

/** The way to one value of a call: a word, or for `prefix` and `hash` a byte string. */
export type Path = readonly PathStep[]

const CODES = {
  word: 1,
  follow: 2,
  followBefore: 3,
  element: 4,
  every: 5,
  some: 6,
  length: 7,
  bytes: 8,
  call: 9,
  value: 10,
  slice: 11,
  typedWord: 12,
} as const
const FROM_END = 0x8000
const ENDS: readonly PathStep['step'][] = ['word', 'typedWord', 'length', 'bytes', 'value', 'slice']

const byte = (value: number): Hex => toHex(value, { size: 1 })
const twoBytes = (value: number): Hex => toHex(value, { size: 2 })

/** How many words behind an offset can be told to be offsets too. */
export const MAX_BEFORE = 32

const bitsOf = (index: number, before: readonly number[]): Hex =>
  toHex(before.reduce((bits, word) => bits | (1n << BigInt(word - index - 1)), 0n), { size: MAX_BEFORE / 8 })

function wordsOf(index: number, bits: bigint): readonly number[] {
  return Array.from({ length: MAX_BEFORE }, (_, k) => k).flatMap((k) => (bits & (1n << BigInt(k)) ? [index + 1 + k] : []))
}

function encodeStep(step: PathStep): Hex {
  const code = byte(CODES[step.step])
  switch (step.step) {
    case 'word':
      return concat([code, byte(step.index)])
    case 'typedWord':
      return concat([code, byte(step.index), byte(step.type)])
    case 'follow': {
      if (!step.before?.length) return concat([code, byte(step.index), byte(step.head)])
      return concat([byte(CODES.followBefore), byte(step.index), byte(step.head), bitsOf(step.index, step.before)])
    }
    case 'element':
      return concat([code, twoBytes(step.index), byte(step.size)])
    case 'every':
    case 'some':
      return concat([code, byte(step.size)])
    case 'call':
      return concat([code, step.selector])
    case 'slice':
      return concat([code, twoBytes(step.offset | (step.fromEnd ? FROM_END : 0)), byte(step.length)])
    default:
      return code
  }
}

/** `path` of docs/WIRE-FORMAT.md, without its length. */
export function encodePath(path: Path): Hex {
  return concat(path.map(encodeStep)).toLowerCase() as Hex
}

/** `pathLength · path`. Throws a `RangeError` where it does not fit 255 bytes: the compiler refuses such paths by name. */
export function encodeSizedPath(path: Path): Hex {
  const bytes = encodePath(path)
  if (size(bytes) > 255) throw new RangeError(`a path of ${size(bytes)} bytes`)
  return concat([byte(size(bytes)), bytes])
}

function isTypeCode(type: number): boolean {
  const width = type & 0x3f
  return width >= 1 && width <= 32 && [0x00, 0x40, 0x80].includes(type & 0xc0)
}

function readStep(reader: ByteReader): PathStep {
  const code = reader.number(1)
  switch (code) {
    case CODES.word:
      return { step: 'word', index: reader.number(1) }
    case CODES.typedWord: {
      const [index, type] = [reader.number(1), reader.number(1)]
      return isTypeCode(type) ? { step: 'typedWord', index, type } : reader.fail(`unknown type ${type}`)
    }
    case CODES.follow:
      return { step: 'follow', index: reader.number(1), head: reader.number(1) }
    case CODES.followBefore: {
      const [index, head, bits] = [reader.number(1), reader.number(1), BigInt(reader.bytes(MAX_BEFORE / 8))]
      const before = wordsOf(index, bits)
      if (bits === 0n || before.some((word) => word >= head)) reader.fail('offsets that are not in their head')
      return { step: 'follow', index, head, before }
    }
    case CODES.element:
      return { step: 'element', index: reader.number(2), size: reader.number(1) }
    case CODES.every:
      return { step: 'every', size: reader.number(1) }
    case CODES.some:
      return { step: 'some', size: reader.number(1) }
    case CODES.length:
      return { step: 'length' }
    case CODES.bytes:
      return { step: 'bytes' }
    case CODES.value:
      return { step: 'value' }
    case CODES.call:
      return { step: 'call', selector: reader.bytes(4) }
    case CODES.slice: {
      const [offset, length] = [reader.number(2), reader.number(1)]
      if (length < 1 || length > 32) reader.fail(`a slice of ${length} bytes`)
      return { step: 'slice', offset: offset & (FROM_END - 1), fromEnd: (offset & FROM_END) !== 0, length }
    }
    default:
      return reader.fail(`unknown step ${code} of a path`)
  }
}

/** Reads `pathLength · path`. A path ends where a step ends it, and walks at most one `every` or `some`. */
export function readSizedPath(reader: ByteReader): Path {
  const length = reader.number(1)
  const end = reader.offset + length
  const path: PathStep[] = []
  while (reader.offset < end) path.push(readStep(reader))
  if (reader.offset !== end) reader.fail('a path is longer than it says')
  return checkPath(reader, path)
}

/** Reads a path up to the step that ends it. */
export function readPath(reader: ByteReader): Path {
  const path: PathStep[] = []
  do path.push(readStep(reader))
  while (!ENDS.includes((path.at(-1) as PathStep).step))
  return checkPath(reader, path)
}

function checkPath(reader: ByteReader, path: Path): Path {
  const last = path.at(-1)
  if (!last || !ENDS.includes(last.step)) reader.fail('a path that does not end in a value')
  if (path.slice(0, -1).some((it) => ENDS.includes(it.step))) reader.fail('steps behind the end of a path')
  if (path.length > 1 && last?.step === 'value') reader.fail('steps before the value of the call')
  if (path.filter(isQuantifier).length > 1) reader.fail('a second `every` or `some` in a path')
  return path
}

/** Whether a step visits all elements of an array. */
export function isQuantifier(step: PathStep): step is PathStep & { step: 'every' | 'some' } {
  return step.step === 'every' || step.step === 'some'
}

/** Whether a path ends in a byte string, not in a word. */
export function endsInBytes(path: Path): boolean {
  return path.at(-1)?.step === 'bytes'
}

/** Whether two paths are the same, byte for byte. */
export function isSamePath(a: Path, b: Path): boolean {
  return encodePath(a) === encodePath(b)
}
