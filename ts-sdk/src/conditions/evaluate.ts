import { type AbiFunction, type Address, type Hex, bytesToHex, hexToBytes, keccak256, toHex } from 'viem'
import { compareWord } from './compareWords.ts'
import type { Clause, Comparison } from './comparisons.ts'
import { explainClause } from './explain.ts'
import type { SetCommitment } from './setFile.ts'
import type { WordSet } from './sets.ts'
import { type CallToEvaluate, type Found, type UnreadableCode, UnreadablePathError, readWord, visit } from './walkPath.ts'

/** What conditions come to for one call. */
export type Verdict =
  /** `setProofs`: what the module is to be shown, one for each set that it asks, in order. */
  | { readonly outcome: 'holds'; readonly setProofs: readonly (readonly Hex[])[] }
  | {
      readonly outcome: 'refused'
      /** Name of the error that the module refuses with. */
      readonly code: RefusalCode
      readonly clauseIndex: number
      readonly reason: string
      /** The value compared last: a word, or the hash of a byte string. */
      readonly compared: Hex
      /** What of `setProofs` was asked before: the module refuses with this code where it is shown these. */
      readonly setProofs: readonly (readonly Hex[])[]
    }
  /** The list of a set is not at hand, so nobody here can say. */
  | { readonly outcome: 'unknown'; readonly set: SetCommitment }

export type RefusalCode = UnreadableCode | 'ConditionFailed' | 'PinnedWordMismatch'

class MissingSet extends Error {
  readonly set: SetCommitment
  constructor(set: SetCommitment) {
    super('a set is missing')
    this.set = set
  }
}

type Trial = {
  readonly call: CallToEvaluate
  readonly account: bigint
  readonly sets: readonly WordSet[]
  readonly setProofs: (readonly Hex[])[]
  compared: Hex
}

function isMember(trial: Trial, comparison: Comparison & { operator: 'inSet' }, word: bigint): boolean {
  const { root, count } = comparison
  const set = trial.sets.find((it) => it.root === root && it.count === count)
  if (!set) throw new MissingSet({ root, count })
  const proof = set.prove(toHex(word, { size: 32 }))
  // A proof is shown for each set that is asked; of what is not in it, one that shows nothing.
  trial.setProofs.push(proof ?? [])
  return proof !== undefined
}

function compareBytes(comparison: Comparison, bytes: Uint8Array): boolean {
  if (comparison.operator === 'hash') return keccak256(bytes) === comparison.value
  return comparison.operator === 'prefix' && bytesToHex(bytes).startsWith(comparison.prefix)
}

function compareFound(trial: Trial, comparison: Comparison, found: Found): boolean {
  if (found.kind === 'bytes') {
    trial.compared = keccak256(found.bytes)
    return compareBytes(comparison, found.bytes)
  }
  const { word } = found
  trial.compared = toHex(word, { size: 32 })
  switch (comparison.operator) {
    case 'equalSelf':
      return word === trial.account
    case 'inSet':
      return isMember(trial, comparison, word)
    case 'equalPath':
      return word === readWord(trial.call, comparison.other)
    case 'atMostPath':
      return word <= readWord(trial.call, comparison.other)
    case 'atLeastPath':
      return word >= readWord(trial.call, comparison.other)
    default:
      return compareWord(comparison, word) ?? false
  }
}

function holds(trial: Trial, comparison: Comparison): boolean {
  const { quantifier, values } = visit(trial.call, comparison.path)
  for (const found of values) {
    const isSo = compareFound(trial, comparison, found)
    if (quantifier === undefined || isSo === (quantifier === 'some')) return isSo
  }
  return quantifier === 'every'
}

/**
 * Holds conditions against a call as the module does: every clause, in each the comparisons in order up to the first
 * that holds, of `every` and `some` the elements up to the one that decides. What a path cannot read refuses the call.
 *
 * @param call `data` with the selector; `value` in wei
 * @param options.sets lists of the sets that the conditions name
 * @param options.item the function, to name its arguments in the reason
 */
export function evaluateConditions(
  clauses: readonly Clause[],
  call: { readonly value: bigint; readonly data: Hex },
  account: Address,
  options: { readonly sets?: readonly WordSet[]; readonly item?: AbiFunction | undefined } = {},
): Verdict {
  const trial: Trial = {
    call: { value: call.value, data: hexToBytes(call.data) },
    account: BigInt(account),
    sets: options.sets ?? [],
    setProofs: [],
    compared: toHex(0, { size: 32 }),
  }
  for (const [clauseIndex, clause] of clauses.entries()) {
    const refuse = (code: RefusalCode, why: string): Verdict => ({
      outcome: 'refused',
      code,
      clauseIndex,
      reason: `The policy asks that ${explainClause(clause, options.item)}; ${why}.`,
      compared: trial.compared,
      setProofs: trial.setProofs,
    })
    try {
      if (clause.some((comparison) => holds(trial, comparison))) continue
      return refuse(isPinnedWord(clause) ? 'PinnedWordMismatch' : 'ConditionFailed', `the call has ${trial.compared}`)
    } catch (error) {
      if (error instanceof MissingSet) return { outcome: 'unknown', set: error.set }
      if (error instanceof UnreadablePathError) return refuse(error.code, error.message)
      throw error
    }
  }
  return { outcome: 'holds', setProofs: trial.setProofs }
}

/** A single comparison of a word of the head with one value: it has an error of its own. */
function isPinnedWord(clause: Clause): boolean {
  const [only] = clause
  const isOne = only?.operator === 'equal' || only?.operator === 'equalSelf'
  return clause.length === 1 && isOne && only.path.length === 1 && only.path[0]?.step === 'word'
}
