import type { Hex } from 'viem'
import { ConditionTypeError, ImpossibleConditionError } from '../errors/conditions.ts'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import type { Comparison, RelationOperator, WordOperator } from './comparisons.ts'
import { combine, isCombination } from './combine.ts'
import type { Formula } from './normalForm.ts'
import { type WordType, operandWord, valueMask, wordTypeOf } from './operands.ts'
import type { Path } from './paths.ts'
import { type Scope, resolveReference } from './places.ts'
import type { WordSet } from './sets.ts'

/** The path to a word, and the one that also holds it to its type, where that is another. */
type Target = { readonly path: Path; readonly typed?: (type: WordType) => Path }

const MAX_LIST = 255
const ORDERED: readonly WordType['kind'][] = ['unsigned', 'signed', 'slice', 'untyped']
const NAMES = {
  address: '`equals`, `notEquals`, `self`, `oneOf` or `inSet`',
  bool: '`equals` or `notEquals`',
  unsigned: '`equals`, `notEquals`, `atMost`, `atLeast`, `oneOf`, `inSet` or `masked`',
  signed: '`equals`, `notEquals`, `atMost`, `atLeast`, `oneOf` or `inSet`',
  bytes: '`equals`, `notEquals`, `oneOf`, `inSet` or `masked`',
  slice: '`equals`, `notEquals`, `self`, `atMost`, `atLeast`, `oneOf`, `inSet` or `masked`',
  untyped: '`equals`, `notEquals`, `self`, `atMost`, `atLeast`, `oneOf`, `inSet` or `masked`',
} as const

type Condition = Record<string, unknown>
type Context = { field: string; type: WordType; target: Target; scope: Scope }

const is = (comparison: Comparison): Formula => ({ kind: 'comparison', comparison })

/** Compiles what is said of one word. */
export function compileWord(field: string, type: WordType, condition: unknown, target: Target, scope: Scope): Formula {
  const context = { field, type, target, scope }
  if (typeof condition !== 'object' || condition === null) throw mismatch(context, condition)
  const pattern = condition as Condition
  if (isCombination(pattern)) {
    return combine(field, pattern, (inner) => compileWord(field, type, inner, target, scope))
  }
  switch (pattern['operator']) {
    case 'equal':
      return isReference(pattern['value']) ? relation('equalPath', pattern, context) : is(equal(pattern, context))
    case 'notEqual':
      return is(notEqual(pattern, context))
    case 'equalSelf':
      if (type.kind === 'address' || type.kind === 'untyped' || (type.kind === 'slice' && type.length >= 20)) {
        return is({ path: target.path, operator: 'equalSelf' })
      }
      throw mismatch(context, 'self()')
    case 'atMost':
    case 'atLeast':
      return order(pattern['operator'], pattern, context)
    case 'inList':
      return is(inList(pattern, context))
    case 'inSet':
      return is(inSet(pattern, context))
    case 'maskedEqual':
      return is(maskedEqual(pattern, context))
    default:
      throw mismatch(context, condition)
  }
}

function mismatch({ field, type }: Context, value: unknown): ConditionTypeError {
  return new ConditionTypeError(field, value, `${NAMES[type.kind]}, for an argument of this type`)
}

function isReference(value: unknown): value is { reference: string } {
  return typeof value === 'object' && value !== null && 'reference' in value
}

/** Where a dirty word could pass as another value than the contract called will see, it is held to its type. */
function clean({ target, type }: Context): Path {
  return target.typed?.(type) ?? target.path
}

function equal({ value }: Condition, { field, type, target }: Context): Comparison {
  return { path: target.path, operator: 'equal', value: operandWord(field, type, value) }
}

function notEqual({ value }: Condition, context: Context): Comparison {
  const { field, type, target } = context
  if (isReference(value)) throw new ConditionTypeError(field, value, 'a value: no operator says "not that argument"')
  const word = operandWord(field, type, value)
  // Of two clean values, not the one is the other.
  return type.kind === 'bool'
    ? { path: target.path, operator: 'equal', value: operandWord(field, type, value === false) }
    : { path: clean(context), operator: 'notEqual', value: word }
}

function order(operator: 'atMost' | 'atLeast', pattern: Condition, context: Context): Formula {
  const { field, type, target } = context
  if (!ORDERED.includes(type.kind)) throw mismatch(context, operator)
  if (isReference(pattern['value'])) return relation(`${operator}Path`, pattern, context)
  const value = operandWord(field, type, pattern['value'])
  if (type.kind === 'signed') {
    const signed: WordOperator = operator === 'atMost' ? 'signedAtMost' : 'signedAtLeast'
    return is({ path: clean(context), operator: signed, value })
  }
  // What is at most a value of the type is clean.
  return is({ path: operator === 'atMost' ? target.path : clean(context), operator, value })
}

function relation(operator: RelationOperator, pattern: Condition, context: Context): Formula {
  const { field, type, scope } = context
  const { reference } = pattern['value'] as { reference: string }
  const other = resolveReference(field, reference, scope)
  const comparable =
    operator === 'equalPath'
      ? other.type.kind === type.kind && widthOf(other.type) === widthOf(type)
      : other.type.kind === 'unsigned' && type.kind === 'unsigned'
  const bothUnsigned = other.type.kind === 'unsigned' && type.kind === 'unsigned'
  if (!comparable && !bothUnsigned) {
    throw new ConditionTypeError(field, reference, 'an argument of the same kind; in order, unsigned numbers only')
  }
  return is({ path: clean(context), operator, other: other.path })
}

function widthOf(type: WordType): bigint {
  return valueMask(type)
}

function inList({ values }: Condition, { field, type, target }: Context): Comparison {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_LIST) {
    throw new InvalidPolicyFieldError(field, values, `a list of 1 to ${MAX_LIST} values`, {
      code: 'OutOfRange',
      hint: Array.isArray(values) && values.length > MAX_LIST ? 'For long lists there is `inSet`.' : undefined,
    })
  }
  const words = values.map((value: unknown, index) => operandWord(`${field}[${index}]`, type, value))
  for (const [index, word] of words.entries()) {
    if (words.indexOf(word) !== index) {
      throw new InvalidPolicyFieldError(`${field}[${index}]`, values[index], 'a value that the list does not have yet')
    }
  }
  const [only] = words
  if (words.length === 1 && only) return { path: target.path, operator: 'equal', value: only }
  return { path: target.path, operator: 'inList', values: words.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)) }
}

function inSet(pattern: Condition, { field, type, target }: Context): Comparison {
  const set = pattern['set'] as WordSet | undefined
  if (typeof set !== 'object' || !Array.isArray(set.words) || set.count !== set.words.length || set.count === 0) {
    throw new InvalidPolicyFieldError(field, set, 'a set of `createAddressSet`, `createSet` or `parseSetFile`')
  }
  const entryType = wordTypeOf(set.type)
  const fits =
    type.kind === 'untyped' ||
    (entryType?.kind === type.kind && widthOf(entryType) === widthOf(type)) ||
    (type.kind === 'slice' && entryType?.kind !== 'bytes' && isWithin(type, set.words)) ||
    (type.kind === 'unsigned' && entryType?.kind === 'unsigned' && isWithin(type, set.words))
  if (!fits) throw new ConditionTypeError(field, set.type, 'a set of entries of the type of the argument')
  return { path: target.path, operator: 'inSet', root: set.root, count: set.count }
}

function isWithin(type: WordType, words: readonly Hex[]): boolean {
  return words.every((word) => (BigInt(word) & ~valueMask(type)) === 0n)
}

function maskedEqual(pattern: Condition, context: Context): Comparison {
  const { field, type } = context
  if (!['unsigned', 'bytes', 'slice', 'untyped'].includes(type.kind)) throw mismatch(context, 'masked')
  const mask = operandWord(`${field}.mask`, type, pattern['mask'])
  const value = operandWord(field, type, pattern['value'])
  if (BigInt(mask) === 0n) throw new InvalidPolicyFieldError(`${field}.mask`, pattern['mask'], 'a mask that is not 0')
  if ((BigInt(value) & ~BigInt(mask)) !== 0n) {
    throw new ImpossibleConditionError(field, pattern['value'], 'a value of no other bits than those of the mask')
  }
  return { path: clean(context), operator: 'maskedEqual', mask, value }
}
