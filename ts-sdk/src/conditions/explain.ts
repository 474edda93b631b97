import { type AbiFunction, type AbiParameter, type Hex, getAddress } from 'viem'
import type { Clause, Comparison } from './comparisons.ts'
import { isDynamic, membersOf, shapeOf } from './layout.ts'
import { type WordType, ordinal, valueMask, wordTypeOf } from './operands.ts'
import type { Path, PathStep } from './paths.ts'

/** The parameters whose head the walk is in, or the one it has come to. */
type Position = {
  readonly name: string
  readonly head: readonly AbiParameter[] | undefined
  readonly here: AbiParameter | undefined
}

/** Words of a head by name: static tuples and arrays are inline. */
function findWord(
  members: readonly AbiParameter[],
  word: number,
): { name: string; parameter: AbiParameter } | undefined {
  for (const member of membersOf(members).toReversed()) {
    if (member.word > word) continue
    const shape = shapeOf(member.parameter)
    const rest = word - member.word
    if (isDynamic(member.parameter) || shape.kind === 'word') {
      return rest === 0 ? { name: member.name, parameter: member.parameter } : undefined
    }
    const parts = partsOf(member.parameter)
    const inner = parts && findWord(parts, rest)
    return inner && { name: `${member.name}.${inner.name}`, parameter: inner.parameter }
  }
  return undefined
}

function partsOf(parameter: AbiParameter | undefined): readonly AbiParameter[] | undefined {
  const shape = parameter && shapeOf(parameter)
  if (shape?.kind === 'tuple') return shape.components
  return shape?.kind === 'fixedArray' ? Array.from({ length: shape.length }, () => shape.element) : undefined
}

function elementOf(parameter: AbiParameter | undefined): AbiParameter | undefined {
  const shape = parameter && shapeOf(parameter)
  return shape?.kind === 'array' ? shape.element : undefined
}

function wordOf({ name, head }: Position, word: number): { name: string; here: AbiParameter | undefined } {
  const found = head && findWord(head, word)
  return { name: join(name, word, found?.name), here: found?.parameter }
}

/** `''` and `word 3` to `argument word 3`; `params` and `recipient` to `params.recipient`. */
function join(name: string, word: number, found: string | undefined): string {
  if (found === undefined) return name === '' ? `argument word ${word}` : `word ${word} of ${name}`
  return name === '' ? found : `${name}.${found}`
}

const arrival = (name: string, here: AbiParameter | undefined): Position => ({ name, here, head: here && headOf(here) })

function headOf(here: AbiParameter): readonly AbiParameter[] {
  return partsOf(here) ?? [here]
}

function walk(position: Position, step: PathStep): Position {
  const { name, head, here } = position
  switch (step.step) {
    case 'word':
    case 'typedWord': {
      // The head of an element of one word is that word: it has no name of its own.
      if (here && head?.length === 1 && head[0] === here) return position
      return { ...wordOf(position, step.index), head: undefined }
    }
    case 'follow': {
      const found = wordOf(position, step.index)
      return arrival(found.name, found.here)
    }
    case 'element':
      return arrival(`element ${step.index} of ${name}`, elementOf(here))
    case 'every':
    case 'some':
      return arrival(`${step.step === 'every' ? 'every' : 'some'} element of ${name}`, elementOf(here))
    case 'bytes':
      return position
    case 'call':
      return { name: `the call of ${step.selector} in ${name}`, here: undefined, head: undefined }
    default:
      return walkToNumber(name, step)
  }
}

/** The steps whose value has the same type wherever they stand. */
function walkToNumber(name: string, step: PathStep): Position {
  if (step.step !== 'slice') {
    const what = step.step === 'value' ? "the call's value" : `the length of ${name}`
    return { name: what, here: { type: 'uint256' }, head: undefined }
  }
  const from = step.fromEnd ? `${step.offset} bytes before the end` : `byte ${step.offset}`
  return { name: `the ${step.length} bytes from ${from} of ${name}`, here: sliceType(step.length), head: undefined }
}

function sliceType(length: number): AbiParameter | undefined {
  return length === 20 ? { type: 'address' } : undefined
}

/** What a path leads to, in words, and its type where the ABI says. */
export function explainPath(path: Path, item?: AbiFunction): { name: string; type: string | undefined } {
  const start: Position = { name: '', head: item?.inputs, here: undefined }
  const { name, here } = path.reduce(walk, start)
  return { name, type: here?.type }
}

function explainWord(word: Hex, type: string | undefined): string {
  const wordType: WordType | undefined = type === undefined ? undefined : wordTypeOf(type)
  const number = BigInt(word)
  if (wordType && wordType.kind !== 'signed' && (number & ~valueMask(wordType)) !== 0n) return word
  switch (wordType?.kind) {
    case 'address':
      return getAddress(`0x${word.slice(-40)}`)
    case 'bool':
      return number === 1n ? 'true' : 'false'
    case 'unsigned':
    case 'signed':
      return ordinal(wordType, number).toString()
    case 'bytes':
      return word.slice(0, 2 + 2 * wordType.length)
    default:
      return number < 2n ** 64n ? number.toString() : word
  }
}

function explainOperands(comparison: Comparison, type: string | undefined, item: AbiFunction | undefined): string {
  const show = (word: Hex) => explainWord(word, type)
  switch (comparison.operator) {
    case 'equal':
      return `is ${show(comparison.value)}`
    case 'equalSelf':
      return 'is the account itself'
    case 'notEqual':
      return `is not ${show(comparison.value)}`
    case 'atMost':
    case 'signedAtMost':
      return `is at most ${show(comparison.value)}`
    case 'atLeast':
    case 'signedAtLeast':
      return `is at least ${show(comparison.value)}`
    case 'inList':
      return `is one of ${comparison.values.map(show).join(', ')}`
    case 'inSet':
      return `is in the set of ${comparison.count} with root ${comparison.root}`
    case 'maskedEqual':
      return `has the bits ${comparison.value} under the mask ${comparison.mask}`
    case 'prefix':
      return `begins with ${comparison.prefix}`
    case 'hash':
      return `has the hash ${comparison.value}`
    case 'equalPath':
      return `is ${explainPath(comparison.other, item).name}`
    case 'atMostPath':
      return `is at most ${explainPath(comparison.other, item).name}`
    case 'atLeastPath':
      return `is at least ${explainPath(comparison.other, item).name}`
  }
}

/** One comparison in words: `params.recipient is the account itself`. */
export function explainComparison(comparison: Comparison, item?: AbiFunction): string {
  const { name, type } = explainPath(comparison.path, item)
  return `${name} ${explainOperands(comparison, type, item)}`
}

/** One clause in words. */
export function explainClause(clause: Clause, item?: AbiFunction): string {
  return clause.map((comparison) => explainComparison(comparison, item)).join(', or ')
}

/**
 * Conditions in words, one line for each clause; all of them must hold.
 *
 * @param item the function they are about: without it arguments are called by the index of their word
 */
export function explainConditions(clauses: readonly Clause[], item?: AbiFunction): readonly string[] {
  return clauses.map((clause) => explainClause(clause, item))
}
