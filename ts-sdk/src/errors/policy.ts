import { ValetError } from './base.ts'

const DOCS = 'WIRE-FORMAT.md'

/** Writes a value into a message: strings quoted, bigints plain, nothing ever `[object Object]`. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (typeof value === 'bigint') return value.toString()
  if (value === undefined) return 'nothing'
  return (
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ??
    String(value)
  )
}

/** A field of a policy holds what it can not hold. Names the field, the value and what is accepted. */
export class InvalidPolicyFieldError extends ValetError {
  readonly field: string
  readonly value: unknown
  readonly accepted: string

  constructor(
    field: string,
    value: unknown,
    accepted: string,
    options: { code?: string; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(options.code ?? 'InvalidPolicyField', `\`${field}\` is ${show(value)}. Accepted: ${accepted}.`, {
      docsPath: DOCS,
      cause: options.cause,
      metaMessages: options.hint ? [options.hint] : [],
    })
    this.name = 'InvalidPolicyFieldError'
    this.field = field
    this.value = value
    this.accepted = accepted
  }
}

/** A time is in milliseconds; every time of a policy is in seconds. */
export class MillisecondsError extends InvalidPolicyFieldError {
  constructor(field: string, value: bigint, accepted: string) {
    super(field, value, accepted, {
      code: 'MillisecondsForSeconds',
      hint: `This looks like milliseconds. In seconds it would be ${value / 1000n}.`,
    })
    this.name = 'MillisecondsError'
  }
}

/** The policy as a whole asks for what is never right, though each field could be. */
export class UnsafePolicyError extends InvalidPolicyFieldError {
  constructor(code: string, field: string, value: unknown, accepted: string, hint?: string) {
    super(field, value, accepted, { code, hint })
    this.name = 'UnsafePolicyError'
  }
}

/** Bytes that claim to be a part of a policy or an operation are not in their one encoding. */
export class MalformedBytesError extends ValetError {
  readonly what: string
  readonly offset: number

  constructor(what: string, offset: number, reason: string) {
    super('MalformedBytes', `The ${what} is malformed at byte ${offset}: ${reason}.`, { docsPath: DOCS })
    this.name = 'MalformedBytesError'
    this.what = what
    this.offset = offset
  }
}
