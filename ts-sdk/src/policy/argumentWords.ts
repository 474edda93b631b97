import {
  type AbiFunction,
  type AbiParameter,
  type Hex,
  encodeAbiParameters,
  isAddress,
  isHex,
  pad,
  size,
  toHex,
} from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import type { ArgumentCondition, ArgumentValue } from './conditions.ts'
import type { PinnedWord } from './permissions.ts'

const MAX_WORD_INDEX = 255

/** A 32-byte word of the arguments' head that one static value fills. */
type ArgumentWord = { path: string; type: string; wordIndex: number }

type Components = { components?: readonly AbiParameter[] }

function isDynamic(parameter: AbiParameter): boolean {
  const { type } = parameter
  if (type === 'bytes' || type === 'string' || type.endsWith('[]')) return true
  const array = /^(.*)\[\d+\]$/.exec(type)
  if (array) return isDynamic({ ...parameter, type: array[1] as string })
  return type === 'tuple' && ((parameter as Components).components ?? []).some(isDynamic)
}

/** All pinnable words of a function's arguments, in order. What lies behind an offset is not among them. */
export function listArgumentWords(inputs: readonly AbiParameter[]): readonly ArgumentWord[] {
  const words: ArgumentWord[] = []
  let wordIndex = 0
  const walk = (parameter: AbiParameter, path: string): void => {
    const { type } = parameter
    const array = /^(.*)\[(\d+)\]$/.exec(type)
    if (isDynamic(parameter)) {
      wordIndex += 1
    } else if (array) {
      for (let index = 0; index < Number(array[2]); index++) {
        walk({ ...parameter, type: array[1] as string }, `${path}.${index}`)
      }
    } else if (type === 'tuple') {
      const components = (parameter as Components).components ?? []
      components.forEach((component, index) => walk(component, `${path}.${component.name || index}`))
    } else {
      words.push({ path, type, wordIndex })
      wordIndex += 1
    }
  }
  inputs.forEach((input, index) => walk(input, input.name || String(index)))
  return words
}

function encodeTyped(field: string, type: string, value: ArgumentValue): Hex {
  try {
    return encodeAbiParameters([{ type }], [type.startsWith('uint') || type.startsWith('int') ? BigInt(value) : value])
  } catch (cause) {
    throw new InvalidPolicyFieldError(field, value, `a value of type ${type}`, { cause })
  }
}

/** Without an ABI the value itself has to say how it fills a word: numbers and addresses from the right. */
function encodeUntyped(field: string, value: ArgumentValue): Hex {
  if (typeof value === 'boolean') return pad(toHex(value), { size: 32 })
  if ((typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) && value >= 0) {
    if (BigInt(value) < 2n ** 256n) return toHex(value, { size: 32 })
  }
  if (isHex(value) && value.length % 2 === 0 && size(value) === 32) return value.toLowerCase() as Hex
  if (isAddress(String(value))) return pad(value as Hex, { size: 32 }).toLowerCase() as Hex
  throw new InvalidPolicyFieldError(field, value, 'an address, a number from 0 to 2^256 − 1, a boolean, or 32 bytes')
}

/**
 * Turns named or numbered conditions into pinned words. A name is an argument's, with dots into tuples and fixed arrays
 * (`params.recipient`); a number is the index of a 32-byte word of the arguments.
 */
export function resolveConditions(
  field: string,
  args: Readonly<Record<string, ArgumentCondition>>,
  abiFunction: AbiFunction | undefined,
): readonly PinnedWord[] {
  const words = abiFunction ? listArgumentWords(abiFunction.inputs) : []
  const pinned = Object.entries(args).map(([name, condition]): PinnedWord => {
    const path = `${field}.${name}`
    const isIndex = /^\d+$/.test(name)
    const word = words.find((it) => (isIndex ? it.wordIndex === Number(name) : it.path === name))
    if (!word && (abiFunction || !isIndex)) {
      const names = words.map((it) => `"${it.path}" (${it.wordIndex})`).join(', ')
      throw new InvalidPolicyFieldError(
        path,
        name,
        abiFunction ? `one of ${names || 'no arguments'}` : 'a word index; names need an `abi`',
        {
          code: 'UnknownArgument',
        },
      )
    }
    const wordIndex = word?.wordIndex ?? Number(name)
    if (wordIndex > MAX_WORD_INDEX) {
      throw new InvalidPolicyFieldError(path, wordIndex, `a word index from 0 to ${MAX_WORD_INDEX}`, {
        code: 'OutOfRange',
      })
    }
    if (condition?.operator === 'equalSelf') {
      if (word && word.type !== 'address') {
        throw new InvalidPolicyFieldError(path, 'self', `an argument of type address, this one is ${word.type}`)
      }
      return { wordIndex, operator: 'equalSelf' }
    }
    if (condition?.operator !== 'equal')
      throw new InvalidPolicyFieldError(path, condition, '`equals(value)` or `self()`')
    const value = word ? encodeTyped(path, word.type, condition.value) : encodeUntyped(path, condition.value)
    return { wordIndex, operator: 'equal', value }
  })
  return pinned.sort((a, b) => a.wordIndex - b.wordIndex)
}
