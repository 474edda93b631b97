import type { Hex } from 'viem'
import { ConditionTooLargeError } from '../errors/conditions.ts'
import { type Clause, type Comparison, encodeClauses } from './comparisons.ts'
import { isSamePath } from './paths.ts'

/** A boolean formula over comparisons, as it is written. */
export type Formula =
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] }

/** A count is one byte. */
const MAX_COUNT = 255

function keyOf(comparison: Comparison): Hex {
  return encodeClauses([[comparison]])
}

const asList = (it: Comparison): readonly Hex[] | undefined =>
  it.operator === 'equal' ? [it.value] : it.operator === 'inList' ? it.values : undefined

/** Two neighbours that name values of one path are one list; what is there twice is there once. */
function simplify(clause: Clause): Clause {
  const result: Comparison[] = []
  for (const comparison of clause) {
    const last = result.at(-1)
    const [one, other] = [last && asList(last), asList(comparison)]
    const isOnePath = last !== undefined && isSamePath(last.path, comparison.path)
    // `some` distributes over a disjunction. `every` does not: there a list holds more, and is meant (see `quantify`).
    const values = [...new Set([...(one ?? []), ...(other ?? [])])].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    const isEvery = comparison.path.some(({ step }) => step === 'every')
    if (one && other && isOnePath && !isEvery && values.length <= MAX_COUNT) {
      result[result.length - 1] = listOf(comparison, values)
    } else if (!result.some((it) => keyOf(it) === keyOf(comparison))) {
      result.push(comparison)
    }
  }
  return result
}

function listOf({ path }: Comparison, values: readonly Hex[]): Comparison {
  return values.length === 1
    ? { path, operator: 'equal', value: values[0] as Hex }
    : { path, operator: 'inList', values }
}

/** Joins alternatives that name values of one path, inside of `every`, where they are one list. */
export function joinLists(formulas: readonly Formula[]): Comparison | undefined {
  const comparisons = formulas.map((it) => (it.kind === 'comparison' ? it.comparison : undefined))
  const [first] = comparisons
  if (!first || !comparisons.every((it) => it && asList(it) && isSamePath(it.path, first.path))) return undefined
  const values = [...new Set(comparisons.flatMap((it) => asList(it as Comparison) ?? []))]
  return values.length > MAX_COUNT ? undefined : listOf(first, values.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)))
}

/**
 * Clauses that say the same as a formula: (a ∧ b) ∨ c becomes (a ∨ c) ∧ (b ∨ c), in the order it is written.
 *
 * @throws ConditionTooLargeError before it would grow past 255 clauses or a clause past 255 comparisons
 */
export function toClauses(field: string, formula: Formula): readonly Clause[] {
  if (formula.kind === 'comparison') return [[formula.comparison]]
  const parts = formula.of.map((it) => toClauses(field, it))
  const clauses = formula.kind === 'all' ? parts.flat() : parts.reduce((sum, part) => distribute(field, sum, part), [[]])
  const distinct = withoutImplied(clauses.map(simplify))
  if (distinct.length > MAX_COUNT) throw tooLarge(field, `${distinct.length} clauses`)
  const widest = Math.max(0, ...distinct.map((it) => it.length))
  if (widest > MAX_COUNT) throw tooLarge(field, `a clause of ${widest} comparisons`)
  return distinct
}

function distribute(field: string, left: readonly Clause[], right: readonly Clause[]): readonly Clause[] {
  const count = left.length * right.length
  if (count > MAX_COUNT) throw tooLarge(field, `${count} clauses`)
  return left.flatMap((a) => right.map((b) => [...a, ...b]))
}

function tooLarge(field: string, size: string): ConditionTooLargeError {
  return new ConditionTooLargeError(
    field,
    size,
    `conditions that come to at most ${MAX_COUNT} clauses of ${MAX_COUNT} comparisons`,
    'A disjunction of conjunctions multiplies. Say it as several call policies for the same function instead.',
  )
}

/** A clause says nothing new where another has a part of its comparisons and no others. */
function withoutImplied(clauses: readonly Clause[]): readonly Clause[] {
  const keys = clauses.map((clause) => new Set(clause.map(keyOf)))
  return clauses.filter((_, index) =>
    keys.every((other, at) => {
      const own = keys[index] as Set<Hex>
      if (at === index || other.size > own.size || (other.size === own.size && at > index)) return true
      return ![...other].every((key) => own.has(key))
    }),
  )
}

/** Clauses of static words first, in the order of their words; the others as they are written behind them. */
export function sortClauses(clauses: readonly Clause[]): readonly Clause[] {
  const rank = (clause: Clause): number => {
    const path = clause[0]?.path ?? []
    const [only] = path
    const isStatic = path.length === 1 && (only?.step === 'word' || only?.step === 'typedWord')
    return isStatic ? only.index : Number.MAX_SAFE_INTEGER
  }
  return [...clauses].sort((a, b) => rank(a) - rank(b))
}
