import type { AbiParameter } from 'viem'
import { ConditionTooLargeError, ConditionTypeError } from '../errors/conditions.ts'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { type Head, headOf, headSizeOf, isDynamic, membersOf, shapeOf } from './layout.ts'
import { type WordType, typeCodeOf, wordTypeOf } from './operands.ts'
import { MAX_BEFORE, type Path, isQuantifier } from './paths.ts'

const MAX_WORD = 255

/** Where something stands: in word `word` of the head that `steps` lead to, or at the very place they lead to. */
export type Place = { readonly steps: Path; readonly word: number | undefined; readonly head: Head }

/** The function whose arguments are meant by name, and where they begin. */
export type Scope = { readonly inputs: readonly AbiParameter[]; readonly steps: Path; readonly head: Head }

/** Steps to where dynamic data begins. */
export function enter(field: string, { steps, word, head }: Place): Path {
  if (word === undefined) return steps
  if (word > MAX_WORD || head.length > MAX_WORD) {
    throw new ConditionTooLargeError(field, Math.max(word, head.length), `heads of at most ${MAX_WORD} words`)
  }
  const before = head.offsets.filter((it) => it > word && it <= word + MAX_BEFORE)
  return [...steps, { step: 'follow', index: word, head: head.length, ...(before.length > 0 && { before }) }]
}

/** The path to a word, as it is and held to a type. */
export function placeOfWord(field: string, { steps, word = 0 }: Place): { path: Path; typed: (type: WordType) => Path } {
  if (word > MAX_WORD) {
    throw new InvalidPolicyFieldError(field, word, `a word index from 0 to ${MAX_WORD}`, { code: 'OutOfRange' })
  }
  return {
    path: [...steps, { step: 'word', index: word }],
    typed: (type) => {
      const code = typeCodeOf(type)
      return [...steps, code === undefined ? { step: 'word', index: word } : { step: 'typedWord', index: word, type: code }]
    },
  }
}

/** The word that a reference names, from the arguments of the function it is written in; `value()` is the call's value. */
export function resolveReference(field: string, name: string, scope: Scope): { path: Path; type: WordType } {
  if (name === 'value()') return { path: [{ step: 'value' }], type: { kind: 'unsigned', bits: 256 } }
  let parameters: readonly AbiParameter[] = scope.inputs
  let { steps, head } = scope
  let word = 0
  let parameter: AbiParameter | undefined
  for (const part of name.split('.')) {
    const member = membersOf(parameters).find((it) => it.name === part)
    if (!member) {
      const names = membersOf(parameters).map((it) => `"${it.name}"`)
      throw new InvalidPolicyFieldError(field, name, `an argument by name; here one of ${names.join(', ') || 'none'}`, {
        code: 'UnknownArgument',
      })
    }
    parameter = member.parameter
    word += member.word
    parameters = partsOf(parameter)
    if (isDynamic(parameter)) {
      steps = enter(field, { steps, word, head })
      word = 0
      head = headOf(parameters)
    }
  }
  const type = wordTypeOf(parameter?.type ?? '')
  if (!type) throw new ConditionTypeError(field, name, 'the name of an argument of one word')
  if (scope.steps.some(isQuantifier)) {
    throw new ConditionTypeError(field, name, 'no other argument of a call that `every` or `some` asks')
  }
  return { path: placeOfWord(field, { steps, word, head }).typed(type), type }
}

function partsOf(parameter: AbiParameter): readonly AbiParameter[] {
  const shape = shapeOf(parameter)
  if (shape.kind === 'tuple') return shape.components
  return shape.kind === 'fixedArray' && headSizeOf(shape.element) > 0
    ? Array.from({ length: shape.length }, () => shape.element)
    : []
}
