import type { AbiFunction } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { compileConditions } from './compile.ts'
import { type Path, isQuantifier } from './paths.ts'
import { atLeast } from './patterns.ts'

/** Any condition that an unsigned number can meet, and no other type has: its path is what is wanted. */
const PLACEHOLDER = atLeast(1n)

function isMark(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'operator' in value && value.operator === 'chargedAmount'
}

/** The pattern with a condition in the place of each mark, and how many there were. */
function fill(pattern: unknown): { pattern: unknown; marks: number } {
  if (isMark(pattern)) return { pattern: PLACEHOLDER, marks: 1 }
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) return { pattern, marks: 0 }
  const filled = Object.entries(pattern).map(([key, value]) => [key, key === 'abi' ? { pattern: value, marks: 0 } : fill(value)] as const)
  return {
    pattern: Object.fromEntries(filled.map(([key, it]) => [key, it.pattern])),
    marks: filled.reduce((sum, [, it]) => sum + it.marks, 0),
  }
}

/**
 * The path to the amount that `chargedAmount()` stands in the place of, in a pattern written as conditions are: an element of an
 * array, some bytes of a byte string, an argument of a call in `bytes`.
 *
 * @throws InvalidPolicyFieldError and what extends it, unless it is one unsigned number of the call
 */
export function compileAmountPath(field: string, pattern: unknown, item: AbiFunction): Path {
  const filled = fill(pattern)
  const accepted = 'the arguments, nested as they are, with one `chargedAmount()` in the place of an unsigned number'
  if (filled.marks !== 1) throw new InvalidPolicyFieldError(field, `${filled.marks} amounts`, accepted)
  const clauses = compileConditions(field, filled.pattern, item)
  const [only] = clauses[0] ?? []
  if (clauses.length !== 1 || clauses[0]?.length !== 1 || only?.operator !== 'atLeast') {
    throw new InvalidPolicyFieldError(field, 'other conditions, or a signed number', accepted)
  }
  if (only.path.some(isQuantifier)) {
    throw new InvalidPolicyFieldError(field, 'elements of an array', 'one element: `element(index, chargedAmount())`')
  }
  return only.path
}
