import { type Hex, isHex, keccak256, size, stringToHex } from 'viem'
import { ConditionTypeError } from '../errors/conditions.ts'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { bytesField } from '../policy/fields.ts'
import { compileWord } from './compileWord.ts'
import type { Formula } from './normalForm.ts'
import { LENGTH_TYPE } from './operands.ts'
import type { Path } from './paths.ts'
import type { Scope } from './places.ts'

const MAX_PREFIX = 255
const MAX_OFFSET = 32_767
const MAX_SLICE = 32

type Pattern = Record<string, unknown>

/** Compiles what is said of a byte string or a text, but for a call in it. */
export function compileByteString(field: string, type: string, pattern: Pattern, steps: Path, scope: Scope): Formula {
  const path: Path = [...steps, { step: 'bytes' }]
  const { operator, value } = pattern
  switch (operator) {
    case 'prefix': {
      const prefix = contentOf(field, type, value)
      if (size(prefix) < 1 || size(prefix) > MAX_PREFIX) {
        throw new InvalidPolicyFieldError(field, value, `1 to ${MAX_PREFIX} bytes`, { code: 'OutOfRange' })
      }
      return { kind: 'comparison', comparison: { path, operator, prefix } }
    }
    case 'hash':
      return { kind: 'comparison', comparison: { path, operator, value: bytesField(field, value, 32, 32) } }
    case 'equal': {
      const hash = keccak256(contentOf(field, type, value))
      return { kind: 'comparison', comparison: { path, operator: 'hash', value: hash } }
    }
    case 'length':
      return compileWord(
        `${field}.length`,
        LENGTH_TYPE,
        pattern['condition'],
        { path: [...steps, { step: 'length' }] },
        scope,
      )
    case 'slice':
      return compileSlice(field, pattern, steps, scope)
    default:
      throw new ConditionTypeError(
        field,
        pattern,
        '`equals`, `startsWith`, `hashIs`, `slice`, `length` or `call`, for a byte string',
      )
  }
}

function contentOf(field: string, type: string, value: unknown): Hex {
  if (type === 'string' && typeof value === 'string') return stringToHex(value)
  if (type === 'bytes' && isHex(value) && value.length % 2 === 0) return value.toLowerCase() as Hex
  throw new InvalidPolicyFieldError(field, value, type === 'string' ? 'a text' : '0x and the hex digits of whole bytes')
}

function compileSlice(field: string, pattern: Pattern, steps: Path, scope: Scope): Formula {
  const { offset, length, condition } = pattern
  const [start, count] = [Number(offset), Number(length)]
  if (!Number.isInteger(start) || Math.abs(start) > MAX_OFFSET) {
    throw new InvalidPolicyFieldError(field, offset, `an offset from -${MAX_OFFSET} to ${MAX_OFFSET}`, {
      code: 'OutOfRange',
    })
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_SLICE || (start < 0 && count > -start)) {
    throw new InvalidPolicyFieldError(field, length, `a length from 1 to ${MAX_SLICE} that stays in the byte string`, {
      code: 'OutOfRange',
    })
  }
  const path: Path = [...steps, { step: 'slice', offset: Math.abs(start), fromEnd: start < 0, length: count }]
  return compileWord(`${field}.slice`, { kind: 'slice', length: count }, condition, { path }, scope)
}
