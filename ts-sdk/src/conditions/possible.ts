import type { Hex } from 'viem'
import { ImpossibleConditionError } from '../errors/conditions.ts'
import { compareWord, namedWords } from './compareWords.ts'
import type { Clause, Comparison } from './comparisons.ts'
import { explainClause } from './explain.ts'
import { type Path, encodePath, isQuantifier } from './paths.ts'

const MAX_WORD = 2n ** 256n - 1n
const SIGN = 2n ** 255n

/** One value, however it is read: held to its type or not. */
function valueKey(path: Path): Hex {
  return encodePath(path.map((step) => (step.step === 'typedWord' ? { step: 'word', index: step.index } : step)))
}

const isAboutOne = ({ path }: Comparison) => !path.some(isQuantifier)
const bound = (comparisons: readonly Comparison[], operator: string) =>
  comparisons.flatMap((it) => (it.operator === operator && 'value' in it ? [BigInt(it.value)] : []))
const max = (values: readonly bigint[], otherwise: bigint) => values.reduce((a, b) => (a > b ? a : b), otherwise)
const min = (values: readonly bigint[], otherwise: bigint) => values.reduce((a, b) => (a < b ? a : b), otherwise)
const signed = (word: bigint) => BigInt.asIntN(256, word)

function isRangeEmpty(comparisons: readonly Comparison[]): boolean {
  const [low, high] = [max(bound(comparisons, 'atLeast'), 0n), min(bound(comparisons, 'atMost'), MAX_WORD)]
  const signedLow = max(bound(comparisons, 'signedAtLeast').map(signed), -SIGN)
  const signedHigh = min(bound(comparisons, 'signedAtMost').map(signed), SIGN - 1n)
  if (low > high || signedLow > signedHigh) return true
  const excluded = new Set(bound(comparisons, 'notEqual'))
  // So few values that all of them may be excluded.
  if (high - low >= BigInt(excluded.size)) return false
  for (let value = low; value <= high; value++) if (!excluded.has(value)) return false
  return true
}

function masksConflict(comparisons: readonly Comparison[]): boolean {
  const masks = comparisons.flatMap((it) =>
    it.operator === 'maskedEqual' ? [{ mask: BigInt(it.mask), value: BigInt(it.value) }] : [],
  )
  return masks.some((a) => masks.some((b) => (a.mask & b.mask & (a.value ^ b.value)) !== 0n))
}

function contentsConflict(comparisons: readonly Comparison[]): boolean {
  const hashes = new Set(comparisons.flatMap((it) => (it.operator === 'hash' ? [it.value] : [])))
  const prefixes = comparisons.flatMap((it) => (it.operator === 'prefix' ? [it.prefix] : []))
  return hashes.size > 1 || prefixes.some((a) => prefixes.some((b) => !a.startsWith(b) && !b.startsWith(a)))
}

/** Whether one value could meet all of these. Says yes where it does not know. */
function isPossible(comparisons: readonly Comparison[]): boolean {
  const named = comparisons.map(namedWords).find((it) => it !== undefined)
  if (named) return named.some((word) => comparisons.every((it) => compareWord(it, BigInt(word)) !== false))
  return !isRangeEmpty(comparisons) && !masksConflict(comparisons) && !contentsConflict(comparisons)
}

/** The selectors that a path demands of byte strings on its way, by where they are. */
function selectorsOf(path: Path): readonly (readonly [where: Hex, selector: Hex])[] {
  return path.flatMap((step, index) =>
    step.step === 'call' ? [[encodePath(path.slice(0, index)), step.selector] as const] : [],
  )
}

/**
 * Refuses clauses that no call can meet: bounds that cross, lists without a common value, masks and prefixes that
 * contradict each other, one byte string as two different calls, alternatives of which none is left.
 *
 * @param implied clauses that hold anyway
 * @throws ImpossibleConditionError
 */
export function requirePossible(field: string, clauses: readonly Clause[], implied: readonly Clause[] = []): void {
  const certain = [...implied, ...clauses].flatMap((it) => (it.length === 1 && it[0] && isAboutOne(it[0]) ? [it[0]] : []))
  const byValue = Map.groupBy(certain, ({ path }) => valueKey(path))
  for (const clause of clauses) {
    const left = clause.filter((it) => !isAboutOne(it) || isPossible([...(byValue.get(valueKey(it.path)) ?? []), it]))
    if (left.length === 0) throw impossible(field, clause)
  }
  const selectors = new Map<Hex, Hex>()
  for (const comparison of certain) {
    for (const [where, selector] of selectorsOf(comparison.path)) {
      if ((selectors.get(where) ?? selector) !== selector) throw impossible(field, [comparison])
      selectors.set(where, selector)
    }
  }
}

function impossible(field: string, clause: Clause): ImpossibleConditionError {
  return new ImpossibleConditionError(
    field,
    explainClause(clause),
    'conditions that some call can meet',
    'With the other conditions of this call policy, no call could.',
  )
}
