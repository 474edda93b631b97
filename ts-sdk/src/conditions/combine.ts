import { InvalidPolicyFieldError } from '../errors/policy.ts'
import type { Formula } from './normalForm.ts'

/** Whether a pattern is `and(…)` or `or(…)`. An argument called `combine` has a condition there, never a text. */
export function isCombination(pattern: object): pattern is { combine: string; of: unknown } {
  return 'combine' in pattern && typeof pattern.combine === 'string'
}

/** Compiles each part of `and(…)` or `or(…)`. */
export function combine(
  field: string,
  pattern: { combine: string; of: unknown },
  compileOne: (inner: unknown) => Formula,
): Formula {
  const { combine: kind, of } = pattern
  if ((kind !== 'all' && kind !== 'any') || !Array.isArray(of) || of.length === 0) {
    throw new InvalidPolicyFieldError(field, of, '`and(…)` or `or(…)` of at least one condition')
  }
  return { kind, of: of.map(compileOne) }
}
