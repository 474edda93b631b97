import { type Hex, concat, pad, size, toHex } from 'viem'
import type { ByteReader } from '../policy/byteReader.ts'
import {
  type Path,
  encodePath,
  encodeSizedPath,
  endsInBytes,
  isQuantifier,
  readPath,
  readSizedPath,
} from './paths.ts'

const OPERATOR_CODES = {
  equal: 1,
  equalSelf: 2,
  notEqual: 3,
  atMost: 4,
  atLeast: 5,
  signedAtMost: 6,
  signedAtLeast: 7,
  inList: 8,
  inSet: 9,
  maskedEqual: 10,
  prefix: 11,
  hash: 12,
  equalPath: 13,
  atMostPath: 14,
  atLeastPath: 15,
} as const

export type Operator = keyof typeof OPERATOR_CODES
/** Operators that compare the value at a path with one word. */
export type WordOperator =
  | 'equal'
  | 'notEqual'
  | 'atMost'
  | 'atLeast'
  | 'signedAtMost'
  | 'signedAtLeast'
  | 'hash'
export type RelationOperator = 'equalPath' | 'atMostPath' | 'atLeastPath'

/** One comparison as it is encoded: a path, an operator, operands. Words are 32 bytes. */
export type Comparison = { readonly path: Path } & (
  | { readonly operator: WordOperator; readonly value: Hex }
  | { readonly operator: 'equalSelf' }
  /** Strictly ascending. */
  | { readonly operator: 'inList'; readonly values: readonly Hex[] }
  | { readonly operator: 'inSet'; readonly root: Hex; readonly count: number }
  | { readonly operator: 'maskedEqual'; readonly mask: Hex; readonly value: Hex }
  | { readonly operator: 'prefix'; readonly prefix: Hex }
  | { readonly operator: RelationOperator; readonly other: Path }
)

/** A disjunction: at least one of its comparisons holds. They are tried in order, and none behind the first that holds. */
export type Clause = readonly Comparison[]

const ROOT_LENGTH = 28

const byte = (value: number): Hex => toHex(value, { size: 1 })

function encodeOperands(comparison: Comparison): Hex {
  switch (comparison.operator) {
    case 'equalSelf':
      return '0x'
    case 'inList':
      return concat([byte(comparison.values.length), ...comparison.values])
    case 'inSet':
      return concat([comparison.root, toHex(comparison.count, { size: 4 })])
    case 'maskedEqual':
      return concat([comparison.mask, comparison.value])
    case 'prefix':
      return concat([byte(size(comparison.prefix)), comparison.prefix])
    case 'equalPath':
    case 'atMostPath':
    case 'atLeastPath':
      return encodeSizedPath(comparison.other)
    default:
      return comparison.value
  }
}

function encodeComparison(comparison: Comparison): Hex {
  return concat([
    byte(OPERATOR_CODES[comparison.operator]),
    encodeSizedPath(comparison.path),
    encodeOperands(comparison),
  ])
}

/** `conditions` of docs/WIRE-FORMAT.md: 1 to 255 clauses of 1 to 255 comparisons. */
export function encodeClauses(clauses: readonly Clause[]): Hex {
  return concat([
    byte(clauses.length),
    ...clauses.map((clause) => concat([byte(clause.length), ...clause.map(encodeComparison)])),
  ]).toLowerCase() as Hex
}

function readList(reader: ByteReader): readonly Hex[] {
  const values = Array.from({ length: reader.number(1) }, () => reader.bytes(32))
  if (values.length === 0) reader.fail('an empty list')
  if (values.some((value, index) => index > 0 && BigInt(values[index - 1] as Hex) >= BigInt(value))) {
    reader.fail('a list that does not ascend')
  }
  return values
}

function readMask(reader: ByteReader): { mask: Hex; value: Hex } {
  const [mask, value] = [reader.bytes(32), reader.bytes(32)]
  if (BigInt(mask) === 0n) reader.fail('an empty mask')
  if ((BigInt(value) & ~BigInt(mask)) !== 0n) reader.fail('an operand outside of its mask')
  return { mask, value }
}

function readPrefix(reader: ByteReader): Hex {
  const prefix = reader.bytes(reader.number(1))
  return size(prefix) > 0 ? prefix : reader.fail('an empty prefix')
}

function readSet(reader: ByteReader): { root: Hex; count: number } {
  const [root, count] = [reader.bytes(ROOT_LENGTH), reader.number(4)]
  return count > 0 ? { root, count } : reader.fail('an empty set')
}

function readOther(reader: ByteReader): Path {
  const other = readSizedPath(reader)
  if (endsInBytes(other)) reader.fail('a byte string where a word is compared')
  if (other.some(isQuantifier)) reader.fail('`every` or `some` on the right of a comparison')
  return other
}

function readComparison(reader: ByteReader): Comparison {
  const code = reader.number(1)
  const operator = (Object.keys(OPERATOR_CODES) as Operator[]).find((name) => OPERATOR_CODES[name] === code)
  if (operator === undefined) return reader.fail(`unknown operator ${code}`)
  const path = readSizedPath(reader)
  if (endsInBytes(path) !== (operator === 'prefix' || operator === 'hash')) {
    reader.fail(`a path that ends in ${endsInBytes(path) ? 'a byte string' : 'a word'}, under operator ${code}`)
  }
  switch (operator) {
    case 'equalSelf':
      return { path, operator }
    case 'inList':
      return { path, operator, values: readList(reader) }
    case 'inSet':
      return { path, operator, ...readSet(reader) }
    case 'maskedEqual':
      return { path, operator, ...readMask(reader) }
    case 'prefix':
      return { path, operator, prefix: readPrefix(reader) }
    case 'equalPath':
    case 'atMostPath':
    case 'atLeastPath':
      return { path, operator, other: readOther(reader) }
    default:
      return { path, operator, value: reader.bytes(32) }
  }
}

/** Reads what {@link encodeClauses} writes. Throws `MalformedBytesError` by the reader. */
export function readClauses(reader: ByteReader): readonly Clause[] {
  const clauses = Array.from({ length: reader.number(1) }, () => {
    const clause = Array.from({ length: reader.number(1) }, () => readComparison(reader))
    return clause.length > 0 ? clause : reader.fail('a clause without comparisons')
  })
  return clauses.length > 0 ? clauses : reader.fail('no clauses')
}

const SINGLE_OPERATORS: readonly Operator[] = ['equal', 'equalSelf', 'notEqual', 'atMost', 'atLeast', 'inSet']

/** The one comparison that conditions are, if it is one that stands in a body by itself in fewer bytes. */
export function singleComparison(clauses: readonly Clause[]): Comparison | undefined {
  const [only] = clauses[0] ?? []
  const isAlone = clauses.length === 1 && clauses[0]?.length === 1
  return isAlone && only && SINGLE_OPERATORS.includes(only.operator) ? only : undefined
}

/** A number without its leading zero bytes. */
function trim(bytes: Hex): Hex {
  return `0x${bytes.slice(2).replace(/^(00)+/, '')}`
}

/** `single` of docs/WIRE-FORMAT.md, without its first byte. */
export function encodeSingle(comparison: Comparison): Hex {
  const operands = encodeOperands(comparison)
  return concat([
    byte(OPERATOR_CODES[comparison.operator]),
    encodePath(comparison.path),
    comparison.operator === 'inSet' ? concat([comparison.root, trim(toHex(comparison.count, { size: 4 }))]) : trim(operands),
  ]).toLowerCase() as Hex
}

function readTrimmed(reader: ByteReader, longest: number): Hex {
  const bytes = reader.bytes(reader.left)
  if (size(bytes) > longest || bytes.startsWith('0x00')) reader.fail('a number with leading zeros')
  return bytes
}

/** Reads what {@link encodeSingle} writes, to the end. */
export function readSingle(reader: ByteReader): Comparison {
  const code = reader.number(1)
  const operator = SINGLE_OPERATORS.find((name) => OPERATOR_CODES[name] === code)
  if (operator === undefined) return reader.fail(`operator ${code} in a single comparison`)
  const path = readPath(reader)
  if (endsInBytes(path)) reader.fail('a path that ends in a byte string, under an operator for words')
  if (operator === 'equalSelf') return { path, operator }
  if (operator === 'inSet') {
    const [root, count] = [reader.bytes(ROOT_LENGTH), readTrimmed(reader, 4)]
    return size(count) > 0 ? { path, operator, root, count: Number(count) } : reader.fail('an empty set')
  }
  return { path, operator: operator as WordOperator, value: pad(readTrimmed(reader, 32), { size: 32 }) }
}

/** Whether some comparison asks for a set proof: then the permission's leaf carries set proofs. */
export function usesSets(clauses: readonly Clause[]): boolean {
  return clauses.some((clause) => clause.some(({ operator }) => operator === 'inSet'))
}

/** The 32-byte argument word that a comparison is about, where it is a word of the arguments' head. */
export function headWordOf({ path }: Comparison): number | undefined {
  const [only] = path
  return path.length === 1 && (only?.step === 'word' || only?.step === 'typedWord') ? only.index : undefined
}

/** Whether a clause leaves a word of the arguments' head one value only. */
export function pinsWord(clause: Clause, wordIndex: number): boolean {
  const [only] = clause
  return (
    clause.length === 1 &&
    only !== undefined &&
    headWordOf(only) === wordIndex &&
    (only.operator === 'equal' || only.operator === 'equalSelf')
  )
}
