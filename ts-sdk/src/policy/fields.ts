import { type Address, type Hex, getAddress, isAddress, isHex, size } from 'viem'
import { InvalidPolicyFieldError, MillisecondsError } from '../errors/policy.ts'
import { PERIODS, type Period, isPeriod } from './periods.ts'

/** Seconds since 1970, or a number of seconds. */
export type Seconds = bigint | number

const MAX_TIME = 2n ** 36n - 1n
const MILLISECONDS = 1_000n
/** September 2001 in seconds: a time below it is no time that anyone writes in milliseconds by mistake. */
const PLAUSIBLE_SECONDS = 1_000_000_000n

function toInteger(field: string, value: unknown, accepted: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw new InvalidPolicyFieldError(field, value, accepted)
}

/** A whole number, as `bigint` or as a safe `number`, within bounds. */
export function integerField(field: string, value: unknown, min: bigint, max: bigint, unit: string): bigint {
  const accepted = `a whole number of ${unit} from ${min} to ${max}`
  const integer = toInteger(field, value, accepted)
  if (integer < min || integer > max) throw new InvalidPolicyFieldError(field, value, accepted, { code: 'OutOfRange' })
  return integer
}

/** An amount within bounds. Only `bigint`: a `number` cannot hold most amounts exactly. */
export function amountField(field: string, value: unknown, max: bigint, unit: string): bigint {
  const accepted = `a bigint of ${unit} from 1 to ${max}`
  if (typeof value !== 'bigint') throw new InvalidPolicyFieldError(field, value, accepted)
  if (value < 1n || value > max) throw new InvalidPolicyFieldError(field, value, accepted, { code: 'OutOfRange' })
  return value
}

/** A time in seconds since 1970 that fits 36 bits. Milliseconds are told apart and refused by name. */
export function timeField(field: string, value: unknown, min: bigint): bigint {
  const accepted = `seconds since 1970, from ${min} to ${MAX_TIME}`
  const time = toInteger(field, value, accepted)
  if (time > MAX_TIME && time / MILLISECONDS <= MAX_TIME && time / MILLISECONDS >= PLAUSIBLE_SECONDS) {
    throw new MillisecondsError(field, time, accepted)
  }
  if (time < min || time > MAX_TIME) throw new InvalidPolicyFieldError(field, value, accepted, { code: 'OutOfRange' })
  return time
}

/** One of `allowed` periods. */
export function periodField(field: string, value: unknown, allowed: readonly Period[] = PERIODS): Period {
  if (isPeriod(value) && allowed.includes(value)) return value
  const accepted = `one of ${allowed.map((period) => `"${period}"`).join(', ')}`
  throw new InvalidPolicyFieldError(field, value, accepted, { code: 'UnknownPeriod' })
}

/** An address, in one case or with the right checksum. */
export function addressField(field: string, value: unknown): Address {
  const accepted = 'an address of 20 bytes, in lower case or with its EIP-55 checksum'
  if (typeof value !== 'string' || !isAddress(value, { strict: false })) {
    throw new InvalidPolicyFieldError(field, value, accepted)
  }
  if (!isAddress(value)) {
    throw new InvalidPolicyFieldError(field, value, accepted, {
      code: 'WrongChecksum',
      hint: "The mix of upper and lower case is not this address's: a character may be wrong.",
    })
  }
  return getAddress(value)
}

/** Bytes as hex, with a length within bounds. */
export function bytesField(field: string, value: unknown, minLength: number, maxLength: number): Hex {
  const lengths = minLength === maxLength ? `${minLength}` : `${minLength} to ${maxLength}`
  const accepted = `0x and the hex digits of ${lengths} bytes`
  if (!isHex(value) || value.length % 2 !== 0) throw new InvalidPolicyFieldError(field, value, accepted)
  if (size(value) < minLength || size(value) > maxLength) {
    throw new InvalidPolicyFieldError(field, value, accepted, { code: 'OutOfRange' })
  }
  return value.toLowerCase() as Hex
}

/** A list of at most `max` entries; nothing is an empty one. */
export function listField<T>(field: string, value: readonly T[] | undefined, min: number, max: number): readonly T[] {
  const list = value ?? []
  if (!Array.isArray(list) || list.length < min || list.length > max) {
    throw new InvalidPolicyFieldError(field, list.length ?? value, `a list of ${min} to ${max} entries`, {
      code: 'OutOfRange',
    })
  }
  return list
}

/** Refuses a field that has no meaning: a limit under a misspelled name would be no limit at all. */
export function knownFields(field: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidPolicyFieldError(field, value, `an object with ${known.map((it) => `\`${it}\``).join(', ')}`)
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new InvalidPolicyFieldError(
    field === 'policy' ? unknown : `${field}.${unknown}`,
    (value as Record<string, unknown>)[unknown],
    `no such field; known are ${known.map((it) => `\`${it}\``).join(', ')}`,
    { code: 'UnknownField' },
  )
}
