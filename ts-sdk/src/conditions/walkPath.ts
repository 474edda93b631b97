import { type Hex, bytesToBigInt, bytesToHex } from 'viem'
import type { Path, PathStep } from './paths.ts'

/** The call that conditions are held against. */
export type CallToEvaluate = { readonly value: bigint; readonly data: Uint8Array }

/** What a path found: a word, or a byte string. */
export type Found = { readonly kind: 'word'; readonly word: bigint } | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** Names of the module's errors for data that are not what a path walks. */
export type UnreadableCode =
  | 'ArgumentMissing'
  | 'PathOutOfData'
  | 'OffsetNotCanonical'
  | 'ElementMissing'
  | 'WordNotClean'
  | 'NestedCallMismatch'

/** The data are not what a path walks: the module refuses such a call. */
export class UnreadablePathError extends Error {
  readonly code: UnreadableCode

  constructor(code: UnreadableCode, reason: string) {
    super(reason)
    this.name = 'UnreadablePathError'
    this.code = code
  }
}

const SELECTOR = 4

/** Where a walk is, and what it must not read: the end of the data, or of the innermost nested call. */
type Walk = { readonly position: number; readonly bound: number }

function wordAt(data: Uint8Array, position: number, bound: number): bigint {
  if (position + 32 > bound) throw new UnreadablePathError('PathOutOfData', `byte ${position} is behind the data's end`)
  return bytesToBigInt(data.subarray(position, position + 32))
}

/**
 * To where the offset at `slot` leads. It ends where the nearest of what the offsets at `others`, of the same head, lead to
 * begins: they all have to lead behind it.
 */
function follow(data: Uint8Array, { position, bound }: Walk, slot: number, head: number, others: readonly number[]): Walk {
  const offset = wordAt(data, slot, bound)
  if (offset % 32n !== 0n || offset < BigInt(head)) {
    throw new UnreadablePathError('OffsetNotCanonical', `the offset ${offset} at byte ${slot} is not one that an encoder writes`)
  }
  if (offset > BigInt(bound - position)) throw new UnreadablePathError('PathOutOfData', `the offset at byte ${slot} leaves the data`)
  const ends = others.map((other) => {
    const end = wordAt(data, other, bound)
    if (end % 32n !== 0n || end <= offset) {
      throw new UnreadablePathError('OffsetNotCanonical', `the offset ${end} at byte ${other} does not lead behind the one at byte ${slot}`)
    }
    if (end > BigInt(bound - position)) throw new UnreadablePathError('PathOutOfData', `the offset at byte ${other} leaves the data`)
    return position + Number(end)
  })
  return { position: position + Number(offset), bound: Math.min(bound, ...ends) }
}

/** The length of the array at a position, whose elements' heads all lie in the data. */
function lengthOfArray(data: Uint8Array, { position, bound }: Walk, size: number): number {
  const count = wordAt(data, position, bound)
  const room = BigInt(bound - position - 32)
  if (count > room / BigInt(32 * (size || 1))) {
    throw new UnreadablePathError('PathOutOfData', `the array at byte ${position} leaves the data`)
  }
  return Number(count)
}

/** @param from the first element whose offset was not yet held against the next one's */
function elementAt(data: Uint8Array, walk: Walk, count: number, step: { index: number; size: number }, from: number): Walk {
  if (step.index >= count) throw new UnreadablePathError('ElementMissing', `there is no element ${step.index} of ${count}`)
  const start: Walk = { position: walk.position + 32, bound: walk.bound }
  if (step.size !== 0) return { ...start, position: start.position + 32 * step.size * step.index }
  const slotOf = (index: number) => start.position + 32 * index
  const at = (index: number) => follow(data, start, slotOf(index), 32 * count, index + 1 < count ? [slotOf(index + 1)] : [])
  for (let index = from; index < step.index; index++) at(index)
  return at(step.index)
}

function bytesAt(data: Uint8Array, { position, bound }: Walk): Uint8Array {
  const length = wordAt(data, position, bound)
  if (length > BigInt(bound - position - 32)) {
    throw new UnreadablePathError('PathOutOfData', `the bytes at byte ${position} leave the data`)
  }
  return data.subarray(position + 32, position + 32 + Number(length))
}

function sliceOf(bytes: Uint8Array, step: PathStep & { step: 'slice' }): bigint {
  const start = step.fromEnd ? bytes.length - step.offset : step.offset
  if (start < 0 || start + step.length > bytes.length) {
    throw new UnreadablePathError('PathOutOfData', `${bytes.length} bytes are too few to cut ${step.length} from`)
  }
  return bytesToBigInt(bytes.subarray(start, start + step.length))
}

/** Whether a word is what an encoder writes for a value of the type of a TYPED_WORD step. */
export function isCleanWord(word: bigint, type: number): boolean {
  const bits = 8 * (type & 0x3f)
  switch (type >> 6) {
    case 0:
      return word >> BigInt(bits) === 0n
    case 1:
      return BigInt.asUintN(256, word << BigInt(bits)) === 0n
    default:
      return BigInt.asUintN(256, BigInt.asIntN(bits, word)) === word
  }
}

function enterCall(data: Uint8Array, walk: Walk, selector: Hex): Walk {
  const bytes = bytesAt(data, walk)
  const found = bytesToHex(bytes.subarray(0, SELECTOR))
  if (found !== selector) throw new UnreadablePathError('NestedCallMismatch', `a call of ${selector} is expected, and ${found} is found`)
  const position = walk.position + 32
  return { position: position + SELECTOR, bound: position + bytes.length }
}

/** Values that a path finds, one after the other; `quantifier` where it visits the elements of an array. */
export type Visit = { readonly quantifier: 'every' | 'some' | undefined; readonly values: Iterable<Found> }

function* valuesOf(call: CallToEvaluate, path: Path, first: number, start: Walk): Generator<Found> {
  const { data } = call
  let walk = start
  for (const [offset, step] of path.slice(first).entries()) {
    const { position, bound } = walk
    switch (step.step) {
      case 'word':
        return yield { kind: 'word', word: wordAt(data, position + 32 * step.index, bound) }
      case 'typedWord': {
        const word = wordAt(data, position + 32 * step.index, bound)
        if (!isCleanWord(word, step.type)) throw new UnreadablePathError('WordNotClean', `the word ${word} is wider than its type`)
        return yield { kind: 'word', word }
      }
      case 'length':
        return yield { kind: 'word', word: wordAt(data, position, bound) }
      case 'value':
        return yield { kind: 'word', word: call.value }
      case 'bytes':
        return yield { kind: 'bytes', bytes: bytesAt(data, walk) }
      case 'slice':
        return yield { kind: 'word', word: sliceOf(bytesAt(data, walk), step) }
      case 'follow':
        walk = follow(data, walk, position + 32 * step.index, 32 * step.head, (step.before ?? []).map((word) => position + 32 * word))
        break
      case 'element':
        walk = elementAt(data, walk, lengthOfArray(data, walk, step.size), step, 0)
        break
      case 'call':
        walk = enterCall(data, walk, step.selector)
        break
      default: {
        const count = lengthOfArray(data, walk, step.size)
        for (let index = 0; index < count; index++) {
          yield* valuesOf(call, path, first + offset + 1, elementAt(data, walk, count, { index, size: step.size }, index))
        }
        return
      }
    }
  }
}

/** Walks a path into a call. Values are found as they are asked for; what cannot be read throws then. */
export function visit(call: CallToEvaluate, path: Path): Visit {
  const quantifier = path.find(({ step }) => step === 'every' || step === 'some')?.step as Visit['quantifier']
  return { quantifier, values: named(path, valuesOf(call, path, 0, { position: SELECTOR, bound: call.data.length })) }
}

/** A path of a single word has an error of its own for a word that is missing. */
function* named(path: Path, values: Iterable<Found>): Generator<Found> {
  try {
    yield* values
  } catch (error) {
    const [first] = path
    const isWord = first?.step === 'word' || first?.step === 'typedWord'
    if (!isWord || !(error instanceof UnreadablePathError) || error.code !== 'PathOutOfData') throw error
    throw new UnreadablePathError('ArgumentMissing', `the data end before argument word ${first.index}`)
  }
}

/** The word that a path without `every` and `some` finds. */
export function readWord(call: CallToEvaluate, path: Path): bigint {
  for (const found of visit(call, path).values) if (found.kind === 'word') return found.word
  throw new UnreadablePathError('PathOutOfData', 'no word is found')
}
