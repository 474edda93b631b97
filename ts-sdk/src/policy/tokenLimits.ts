import type { Address } from 'viem'
import { InvalidPolicyFieldError, UnsafePolicyError } from '../errors/policy.ts'
import { addressField, amountField, integerField, knownFields, listField, periodField } from './fields.ts'
import type { Meter } from './header.ts'
import { LAST_METER_NUMBER } from './namedMeters.ts'
import type { Period } from './periods.ts'

const MAX_FIRST_TOKEN_LIMIT = 2n ** 96n - 1n
const MAX_TOKEN_LIMIT = 2n ** 128n - 1n
const MAX_LIMITS = 255

/** How much of one token the key may move or approve in a period. Several limits may hold for one token. */
export type TokenLimit = {
  readonly token: Address
  /** Token units, not 0. Below 2^96 for the first limit of a policy, below 2^128 for the others. */
  readonly amount: bigint
  readonly period: Period
  /** Tells apart several limits of one token, 0 to 255. Default: their order among that token's limits. */
  readonly tag?: number
}

/** The meters of token limits, in their order. */
export function readTokenLimits(limits: readonly TokenLimit[] | undefined): readonly Meter[] {
  const meters: Meter[] = []
  for (const [index, limit] of listField('tokenLimits', limits, 0, MAX_LIMITS).entries()) {
    const field = `tokenLimits[${index}]`
    knownFields(field, limit, ['token', 'amount', 'period', 'tag'])
    const token = addressField(`${field}.token`, limit.token)
    if (BigInt(token) <= BigInt(LAST_METER_NUMBER)) {
      throw new InvalidPolicyFieldError(
        `${field}.token`,
        token,
        `a token contract above address ${LAST_METER_NUMBER}; for the native token use \`nativeLimit\``,
      )
    }
    const cap = amountField(
      `${field}.amount`,
      limit.amount,
      index === 0 ? MAX_FIRST_TOKEN_LIMIT : MAX_TOKEN_LIMIT,
      'token units',
    )
    const period = periodField(`${field}.period`, limit.period)
    const ordinal = meters.filter((meter) => meter.token === token).length
    const tag = Number(integerField(`${field}.tag`, limit.tag ?? ordinal, 0n, 255n, 'tags'))
    const twin = meters.findIndex((meter) => meter.token === token && meter.tag === tag)
    if (twin !== -1) {
      throw new UnsafePolicyError(
        'MeterDuplicate',
        `${field}.tag`,
        tag,
        `a tag other than that of \`tokenLimits[${twin}]\`, which limits the same token`,
      )
    }
    meters.push({ token, tag, period, cap })
  }
  return meters
}
