import { type Address, pad, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../errors/policy.ts'
import { amountField, integerField, knownFields, listField, periodField } from './fields.ts'
import type { Meter } from './header.ts'
import { PERIODS, type Period } from './periods.ts'

/** Subjects up to this one are numbers, not tokens. */
export const LAST_METER_NUMBER = 65_535
/** The tag of a numbered meter that counts every call of an operation. */
export const TAG_CALLS = 255

const MAX_FIRST_CAP = 2n ** 96n - 1n
const MAX_CAP = 2n ** 128n - 1n
const MAX_METERS = 255
const MAX_RATE = 2n ** 16n - 1n
const RATE_PERIODS = PERIODS.filter((period) => period !== 'operation')

/** How much of a meter's own unit the key may use in a period. */
export type MeterLimit = {
  /** In whatever unit the charges are: calls, wei, or an argument's. */
  readonly amount: bigint
  readonly period: Period
}

/** Indices in the header of the meters of each name. */
export type NamedMeters = ReadonlyMap<string, readonly number[]>

/** The number of a meter that counts what permissions say, or every call; `undefined` for a token's. */
export function meterNumber({ token }: Pick<Meter, 'token'>): number | undefined {
  const subject = BigInt(token)
  return subject <= BigInt(LAST_METER_NUMBER) ? Number(subject) : undefined
}

/** Whether a meter is a further rate limit: it counts every call. */
export function countsCalls(meter: Pick<Meter, 'token' | 'tag'>): boolean {
  return meter.tag === TAG_CALLS && meterNumber(meter) !== undefined
}

function subjectOf(number: number): Address {
  return pad(toHex(number), { size: 20 })
}

/**
 * Compiles named meters and further rate limits behind the token limits. Each name, and each rate limit, takes the next
 * number; several limits of one name differ in their tag.
 */
export function compileNumberedMeters(
  tokenMeters: readonly Meter[],
  named: Readonly<Record<string, MeterLimit | readonly MeterLimit[]>> | undefined,
  rateLimits: readonly { readonly count: bigint | number; readonly period: Period }[],
): { meters: readonly Meter[]; named: NamedMeters } {
  const meters = [...tokenMeters]
  const indices = new Map<string, readonly number[]>()
  let number = 0
  if (named !== undefined && (typeof named !== 'object' || named === null || Array.isArray(named))) {
    throw new InvalidPolicyFieldError('meters', named, 'an object from names to limits')
  }
  for (const [name, limits] of Object.entries(named ?? {})) {
    number += 1
    const list = listField(`meters.${name}`, Array.isArray(limits) ? limits : [limits as MeterLimit], 1, TAG_CALLS)
    const first = meters.length
    for (const [tag, limit] of list.entries()) {
      const field = Array.isArray(limits) ? `meters.${name}[${tag}]` : `meters.${name}`
      knownFields(field, limit, ['amount', 'period'])
      const cap = amountField(`${field}.amount`, limit.amount, meters.length === 0 ? MAX_FIRST_CAP : MAX_CAP, 'units')
      meters.push({ token: subjectOf(number), tag, period: periodField(`${field}.period`, limit.period), cap })
    }
    indices.set(
      name,
      list.map((_, tag) => first + tag),
    )
  }
  for (const [index, limit] of rateLimits.entries()) {
    const field = `rateLimits[${index + 1}]`
    knownFields(field, limit, ['count', 'period'])
    number += 1
    const cap = integerField(`${field}.count`, limit.count, 1n, MAX_RATE, 'calls')
    const period = periodField(`${field}.period`, limit.period, RATE_PERIODS)
    meters.push({ token: subjectOf(number), tag: TAG_CALLS, period, cap })
  }
  if (meters.length > MAX_METERS) {
    throw new InvalidPolicyFieldError('meters', meters.length, `at most ${MAX_METERS} token limits, meters and further rate limits`, {
      code: 'OutOfRange',
    })
  }
  return { meters, named: indices }
}
