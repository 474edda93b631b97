import { type AbiFunction, type AbiParameter, type Hex, toFunctionSelector } from 'viem'
import {
  ConditionNotExpressibleError,
  ConditionTooLargeError,
  ConditionTypeError,
} from '../errors/conditions.ts'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { findFunction } from '../policy/findFunction.ts'
import { combine, isCombination } from './combine.ts'
import type { Clause } from './comparisons.ts'
import { compileByteString } from './compileBytes.ts'
import { compileWord } from './compileWord.ts'
import { EMPTY_HEAD, type Member, headOf, headSizeOf, isDynamic, membersOf, shapeOf } from './layout.ts'
import { type Formula, joinLists, sortClauses, toClauses } from './normalForm.ts'
import { LENGTH_TYPE, type WordType, wordTypeOf } from './operands.ts'
import { type Path, encodePath, isQuantifier } from './paths.ts'
import { CALL_VALUE, type NestedCall } from './patterns.ts'
import { type Place, type Scope, enter, placeOfWord } from './places.ts'
import { requirePossible } from './possible.ts'

const MAX_STEP_BYTE = 255
const MAX_ELEMENT = 65_535

type Pattern = Record<string, unknown>

function isObject(value: unknown): value is Pattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Compiles what is said of one argument, or of a part of it, wherever it stands. */
function compileAt(field: string, parameter: AbiParameter, pattern: unknown, place: Place, scope: Scope): Formula {
  if (!isObject(pattern)) throw new InvalidPolicyFieldError(field, pattern, 'a condition, such as `equals(value)`')
  if (isCombination(pattern)) {
    return combine(field, pattern, (inner) => compileAt(field, parameter, inner, place, scope))
  }
  const shape = shapeOf(parameter)
  switch (shape.kind) {
    case 'tuple':
      return compileMembers(field, shape.components, pattern, insideOf(field, parameter, place), scope)
    case 'fixedArray':
      return compileFixedArray(field, shape, pattern, insideOf(field, parameter, place), scope)
    case 'array':
      return compileArray(field, shape.element, pattern, place, scope)
    case 'bytes':
      return pattern['operator'] === 'call'
        ? compileCall(field, pattern as unknown as NestedCall, place)
        : compileByteString(field, parameter.type, pattern, enter(field, place), scope)
    default:
      return compileWord(field, typeOfWord(field, parameter.type), pattern, placeOfWord(field, place), scope)
  }
}

function typeOfWord(field: string, type: string): WordType {
  const wordType = wordTypeOf(type)
  if (wordType) return wordType
  throw new InvalidPolicyFieldError(field, type, 'an ABI type that conditions know')
}

/** Where the members of a tuple or a fixed array stand: in place, or behind an offset. */
function insideOf(field: string, parameter: AbiParameter, place: Place): Place {
  if (!isDynamic(parameter)) return place
  const shape = shapeOf(parameter)
  const parts =
    shape.kind === 'tuple'
      ? shape.components
      : shape.kind === 'fixedArray'
        ? Array.from({ length: shape.length }, () => shape.element)
        : [parameter]
  return { steps: enter(field, place), word: 0, head: headOf(parts) }
}

function compileMembers(
  field: string,
  parameters: readonly AbiParameter[],
  pattern: Pattern,
  place: Place,
  scope: Scope,
): Formula {
  const members = membersOf(parameters)
  const known = members.map(({ name }) => `"${name}"`).join(', ')
  const isMember = (name: string) => members.some((it) => it.name === name)
  const unknown = Object.keys(pattern).find((name) => !isMember(name))
  if (unknown !== undefined && typeof pattern[unknown] === 'string') {
    throw new ConditionTypeError(field, pattern, `conditions by member: ${known}`)
  }
  if (unknown !== undefined) {
    throw new InvalidPolicyFieldError(`${field}.${unknown}`, unknown, `one of ${known || 'no members'}`, {
      code: 'UnknownArgument',
    })
  }
  const of = members
    .filter(({ name }) => pattern[name] !== undefined)
    .map(({ name, parameter, word }) =>
      compileAt(`${field}.${name}`, parameter, pattern[name], at(place, word), scope),
    )
  if (of.length === 0 && parameters !== scope.inputs) {
    throw new InvalidPolicyFieldError(field, pattern, `a condition on at least one of ${known}`)
  }
  return { kind: 'all', of }
}

function at(place: Place, word: number): Place {
  return { ...place, word: (place.word ?? 0) + word }
}

function compileFixedArray(
  field: string,
  shape: { element: AbiParameter; length: number },
  pattern: Pattern,
  place: Place,
  scope: Scope,
): Formula {
  const width = headSizeOf(shape.element)
  const one = (index: number, condition: unknown) =>
    compileAt(`${field}.${index}`, shape.element, condition, at(place, index * width), scope)
  const { quantifier, element, condition } = pattern
  if (quantifier === 'every' || quantifier === 'some') {
    const of = Array.from({ length: shape.length }, (_, index) => one(index, condition))
    return { kind: quantifier === 'every' ? 'all' : 'any', of }
  }
  const indices = element !== undefined ? [element] : Object.keys(pattern).map(Number)
  const of = indices.map((index) => {
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= shape.length) {
      throw new InvalidPolicyFieldError(field, pattern, `\`every\`, \`some\`, or elements 0 to ${shape.length - 1}`, {
        code: 'UnknownArgument',
      })
    }
    return one(index, element !== undefined ? condition : pattern[String(index)])
  })
  if (of.length > 0) return { kind: 'all', of }
  throw new InvalidPolicyFieldError(field, pattern, 'a condition on at least one element')
}

function compileArray(field: string, inner: AbiParameter, pattern: Pattern, place: Place, scope: Scope): Formula {
  const steps = enter(field, place)
  const dynamic = isDynamic(inner)
  const width = dynamic ? 0 : headSizeOf(inner)
  if (width > MAX_STEP_BYTE) {
    throw new ConditionTooLargeError(field, width, `elements of at most ${MAX_STEP_BYTE} words`)
  }
  const inside = (step: Path[number]): Place => ({
    steps: [...steps, step],
    word: dynamic ? undefined : 0,
    head: { length: width, offsets: [] },
  })
  const { quantifier, element, operator, condition } = pattern
  if (operator === 'length') {
    return compileWord(`${field}.length`, LENGTH_TYPE, condition, { path: [...steps, { step: 'length' }] }, scope)
  }
  if (element !== undefined) {
    if (typeof element !== 'number' || !Number.isInteger(element) || element < 0 || element > MAX_ELEMENT) {
      throw new InvalidPolicyFieldError(field, element, `an element from 0 to ${MAX_ELEMENT}`, { code: 'OutOfRange' })
    }
    const next = inside({ step: 'element', index: element, size: width })
    return compileAt(`${field}.${element}`, inner, condition, next, scope)
  }
  if (quantifier !== 'every' && quantifier !== 'some') {
    throw new ConditionTypeError(field, pattern, '`every`, `some`, `element` or `length`, for an array')
  }
  if (steps.some(isQuantifier)) {
    throw new ConditionNotExpressibleError(field, quantifier, 'one `every` or `some` on the way to a value')
  }
  const name = `${field}.${quantifier}`
  return quantify(name, quantifier, compileAt(name, inner, condition, inside({ step: quantifier, size: width }), scope))
}

/** Each comparison asks all elements for itself, so `every` has to be a conjunction and `some` a disjunction. */
function quantify(field: string, quantifier: 'every' | 'some', formula: Formula): Formula {
  const joined = quantifier === 'every' ? joinInside(formula) : formula
  const clauses = toClauses(field, joined)
  if (quantifier === 'every' ? clauses.every((it) => it.length === 1) : clauses.length === 1) return joined
  throw new ConditionNotExpressibleError(
    field,
    quantifier,
    quantifier === 'every'
      ? 'conditions that are all to hold for each element; alternatives only as `oneOf` or `inSet`'
      : 'one condition, or alternatives; not several that one element is to meet together',
  )
}

function joinInside(formula: Formula): Formula {
  if (formula.kind === 'comparison') return formula
  const of = formula.of.map(joinInside)
  const [only] = of
  if (of.length === 1 && only) return only
  const joined = formula.kind === 'any' ? joinLists(of) : undefined
  return joined ? { kind: 'comparison', comparison: joined } : { kind: formula.kind, of }
}

function compileCall(field: string, pattern: NestedCall, place: Place): Formula {
  const { abi, functionName, args } = pattern
  const item = findFunction(`${field}.call`, abi, functionName)
  const selector = toFunctionSelector(item)
  const steps = enter(field, place)
  const inside: Place = { steps: [...steps, { step: 'call', selector }], word: 0, head: headOf(item.inputs) }
  const formula = compileArguments(`${field}.${functionName}`, item, args, inside)
  if (formula.kind !== 'comparison' && formula.of.length === 0) {
    const path: Path = [...steps, { step: 'bytes' }]
    return { kind: 'comparison', comparison: { path, operator: 'prefix', prefix: selector } }
  }
  return formula
}

/** Conditions on the arguments of one function: by name, by names with dots, by the index of a head's word. */
function compileArguments(field: string, item: AbiFunction, pattern: unknown, place: Place): Formula {
  const scope: Scope = { inputs: item.inputs, steps: place.steps, head: place.head }
  if (!isObject(pattern)) throw new InvalidPolicyFieldError(field, pattern, 'conditions by argument')
  if (isCombination(pattern)) {
    return combine(field, pattern, (inner) => compileArguments(field, item, inner, place))
  }
  if (CALL_VALUE in pattern) return compileValue(field, pattern[CALL_VALUE], scope)
  return compileMembers(field, item.inputs, nest(field, item, pattern), place, scope)
}

function compileValue(field: string, condition: unknown, scope: Scope): Formula {
  return compileWord(`${field}.value()`, LENGTH_TYPE, condition, { path: [{ step: 'value' }] }, scope)
}

/** Turns `'params.recipient'` and word indices into the nested form. */
function nest(field: string, item: AbiFunction, pattern: Pattern): Pattern {
  const result: Pattern = {}
  for (const [name, condition] of Object.entries(pattern)) {
    const path = pathOfKey(field, item, name)
    const [first, ...rest] = path
    const inner = rest.reduceRight((value, part): unknown => ({ [part]: value }), condition)
    const before = result[first as string]
    result[first as string] = before === undefined ? inner : { combine: 'all', of: [before, inner] }
  }
  return result
}

function pathOfKey(field: string, item: AbiFunction, name: string): readonly string[] {
  if (!/^\d+$/.test(name)) return name.split('.')
  const found = wordNames(membersOf(item.inputs), Number(name))
  if (found) return found
  throw new InvalidPolicyFieldError(`${field}.${name}`, name, 'the index of a word of the arguments', {
    code: Number(name) > MAX_STEP_BYTE ? 'OutOfRange' : 'UnknownArgument',
  })
}

/** The names that lead to the word of a head. */
function wordNames(members: readonly Member[], word: number): readonly string[] | undefined {
  const member = members.findLast((it) => it.word <= word && word < it.word + headSizeOf(it.parameter))
  if (!member) return undefined
  const rest = word - member.word
  const shape = shapeOf(member.parameter)
  if (isDynamic(member.parameter) || shape.kind === 'word') return [member.name]
  if (shape.kind === 'tuple') {
    const inner = wordNames(membersOf(shape.components), rest)
    return inner && [member.name, ...inner]
  }
  const inner =
    shape.kind === 'fixedArray'
      ? wordNames(membersOf(Array.from({ length: shape.length }, () => shape.element)), rest)
      : undefined
  return inner && [member.name, ...inner]
}

/** Without an ABI: words of the arguments by their index, and the value of the call. */
function compileUntyped(field: string, pattern: unknown): Formula {
  const scope: Scope = { inputs: [], steps: [], head: EMPTY_HEAD }
  if (!isObject(pattern)) throw new InvalidPolicyFieldError(field, pattern, 'conditions by word index')
  if (isCombination(pattern)) return combine(field, pattern, (inner) => compileUntyped(field, inner))
  if (CALL_VALUE in pattern) return compileValue(field, pattern[CALL_VALUE], scope)
  const of = Object.entries(pattern).map(([name, condition]) => compileUntypedWord(field, name, condition, scope))
  return { kind: 'all', of }
}

function compileUntypedWord(field: string, name: string, condition: unknown, scope: Scope): Formula {
  if (!/^\d+$/.test(name)) {
    throw new InvalidPolicyFieldError(`${field}.${name}`, name, 'a word index; names need an `abi`', {
      code: 'UnknownArgument',
    })
  }
  const where = `${field}.${name}`
  if (isObject(condition) && isCombination(condition)) {
    return combine(where, condition, (inner) => compileUntypedWord(field, name, inner, scope))
  }
  const place = placeOfWord(where, { steps: [], word: Number(name), head: EMPTY_HEAD })
  return compileWord(where, { kind: 'untyped' }, condition, place, scope)
}

/**
 * Compiles the conditions of a call policy.
 *
 * @param item the function, where the ABI is known
 * @param implied clauses that hold anyway: what contradicts them can never hold
 * @throws InvalidPolicyFieldError and what extends it: unknown names, operators and operands that do not fit the type,
 * formulas that cannot be said or are too large, conditions that can never hold
 */
export function compileConditions(
  field: string,
  args: unknown,
  item: AbiFunction | undefined,
  implied: readonly Clause[] = [],
): readonly Clause[] {
  const formula = item
    ? compileArguments(field, item, args, { steps: [], word: 0, head: headOf(item.inputs) })
    : compileUntyped(field, args)
  const clauses = sortClauses(toClauses(field, formula))
  for (const clause of clauses) {
    for (const { path } of clause) requirePathLength(field, path)
  }
  requirePossible(field, clauses, implied)
  return clauses
}

function requirePathLength(field: string, path: Path): void {
  const bytes: Hex = encodePath(path)
  const count = (bytes.length - 2) / 2
  if (count > MAX_STEP_BYTE) {
    throw new ConditionTooLargeError(field, `a path of ${count} bytes`, `paths of at most ${MAX_STEP_BYTE} bytes`)
  }
}

