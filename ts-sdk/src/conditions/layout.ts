import type { AbiParameter } from 'viem'

type Components = { readonly components?: readonly AbiParameter[] }

/** What an ABI type is, one level deep. */
export type Shape =
  | { readonly kind: 'tuple'; readonly components: readonly AbiParameter[] }
  | { readonly kind: 'fixedArray'; readonly element: AbiParameter; readonly length: number }
  | { readonly kind: 'array'; readonly element: AbiParameter }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'word' }

/** Takes one level off a type. */
export function shapeOf(parameter: AbiParameter): Shape {
  const { type } = parameter
  const array = /^(.*)\[(\d*)\]$/.exec(type)
  if (array) {
    const inner = { ...parameter, name: '', type: array[1] as string }
    return array[2] === ''
      ? { kind: 'array', element: inner }
      : { kind: 'fixedArray', element: inner, length: Number(array[2]) }
  }
  if (type === 'tuple') return { kind: 'tuple', components: (parameter as Components).components ?? [] }
  return { kind: type === 'bytes' || type === 'string' ? 'bytes' : 'word' }
}

/** Whether a type is encoded behind an offset. */
export function isDynamic(parameter: AbiParameter): boolean {
  const shape = shapeOf(parameter)
  switch (shape.kind) {
    case 'tuple':
      return shape.components.some(isDynamic)
    case 'fixedArray':
      return isDynamic(shape.element)
    default:
      return shape.kind !== 'word'
  }
}

/** Words that a parameter takes in the head it stands in. */
export function headSizeOf(parameter: AbiParameter): number {
  if (isDynamic(parameter)) return 1
  const shape = shapeOf(parameter)
  if (shape.kind === 'tuple') return headLength(shape.components)
  return shape.kind === 'fixedArray' ? shape.length * headSizeOf(shape.element) : 1
}

/** Words of the head of several parameters in a row. */
export function headLength(parameters: readonly AbiParameter[]): number {
  return parameters.reduce((sum, parameter) => sum + headSizeOf(parameter), 0)
}

/** A head, as paths need to know it: its length in words, and which of them are offsets. */
export type Head = { readonly length: number; readonly offsets: readonly number[] }

export const EMPTY_HEAD: Head = { length: 0, offsets: [] }

/** The head that several parameters have together. */
export function headOf(parameters: readonly AbiParameter[]): Head {
  const members = membersOf(parameters)
  return { length: headLength(parameters), offsets: members.filter((it) => isDynamic(it.parameter)).map(({ word }) => word) }
}

/** A member of a tuple, or an argument of a function, and the first word it takes in their head. */
export type Member = { readonly name: string; readonly parameter: AbiParameter; readonly word: number }

/** Members in order. One without a name is called by its place. */
export function membersOf(parameters: readonly AbiParameter[]): readonly Member[] {
  let word = 0
  return parameters.map((parameter, index) => {
    const member = { name: parameter.name || String(index), parameter, word }
    word += headSizeOf(parameter)
    return member
  })
}
