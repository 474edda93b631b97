import type { Address, Hex } from 'viem'
import { InvalidPolicyFieldError, UnsafePolicyError } from '../errors/policy.ts'
import { addressField, amountField, bytesField, knownFields } from './fields.ts'
import type { Meter, PaymasterEntry } from './header.ts'

const PAYMASTER_FIELDS = ['address', 'prefix', 'mode']
const MAX_RATE = 2n ** 128n - 1n

/** A paymaster that may pay for the key's operations. Without one in the list the account pays, from `nativeLimit`. */
export type PaymasterPolicy = {
  readonly address: Address
  /** What the paymaster's own data must begin with, up to 255 bytes. Default: anything. */
  readonly prefix?: Hex
} & (
  | { /** Never charges the account. */ readonly mode?: 'sponsor' }
  | {
      /**
       * Is paid in a token: the largest gas cost is charged to that token's limits. What it really takes is between it
       * and the token: nothing but the account's allowance bounds that.
       */
      readonly mode: 'token'
      readonly token: Address
      /** Token units per 1e18 wei. */
      readonly rate: bigint
    }
)

/** One entry of the header's list. */
export function readPaymaster(field: string, entry: PaymasterPolicy, meters: readonly Meter[]): PaymasterEntry {
  knownFields(field, entry, [...PAYMASTER_FIELDS, 'token', 'rate'])
  const mode: unknown = entry.mode ?? 'sponsor'
  if (mode !== 'sponsor' && mode !== 'token')
    throw new InvalidPolicyFieldError(`${field}.mode`, mode, '"sponsor" or "token"')
  const address = addressField(`${field}.address`, entry.address)
  if (BigInt(address) === 0n) throw new InvalidPolicyFieldError(`${field}.address`, address, 'a paymaster contract')
  const prefix = bytesField(`${field}.prefix`, entry.prefix ?? '0x', 0, 255)
  if (entry.mode !== 'token') {
    knownFields(field, entry, PAYMASTER_FIELDS)
    return { address, prefix, mode: 'sponsor' }
  }
  const token = addressField(`${field}.token`, entry.token)
  const meterIndex = meters.findIndex((meter) => meter.token === token)
  if (meterIndex === -1) {
    throw new UnsafePolicyError(
      'PaymasterInvalid',
      `${field}.token`,
      token,
      'a token of `tokenLimits`: what the paymaster takes must be counted',
    )
  }
  return {
    address,
    prefix,
    mode: 'token',
    meterIndex,
    rate: amountField(`${field}.rate`, entry.rate, MAX_RATE, 'token units per 1e18 wei'),
  }
}
