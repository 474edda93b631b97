import { type Address, isAddressEqual, zeroAddress } from 'viem'
import { UnsafePolicyError } from '../errors/policy.ts'
import { type Seconds, addressField, amountField, integerField, knownFields, listField } from './fields.ts'
import { type FrameRules, NATIVE_METER, type ReceivedRule } from './frameRules.ts'
import type { Meter } from './header.ts'

const MAX_AMOUNT = 2n ** 128n - 1n
const MAX_AGE = 2n ** 32n - 1n
const MAX_RULES = 255
const MAX_DECIMALS = 36n
const NATIVE_DECIMALS = 18
const BASIS_POINTS = 10_000n

/** What every operation must bring in: the account's balance of `token` rises by at least so much. */
export type MinReceived = {
  /** A token contract, or `'native'`. */
  readonly token: Address | 'native'
} & (
  | { /** Token units or wei, not 0. */ readonly amount: bigint }
  | {
      /** What is paid: a token of `tokenLimits`, or `'native'`. What really left the account is what counts. */
      readonly spent: Address | 'native'
      readonly spentDecimals: number
      /** Decimals of `token`. */
      readonly decimals: number
      /** A Chainlink `AggregatorV3Interface`. It is not asked whether a rollup's sequencer is up. */
      readonly feed: Address
      readonly feedDecimals: number
      /** Whether the feed prices one whole spent token in received ones, or one received in spent ones. */
      readonly prices: 'spent' | 'received'
      /** Seconds that the feed's answer may be old, not 0. */
      readonly maxAge: Seconds
      /** Hundredths of a per cent that may be lost against the feed, below 10,000. */
      readonly maxSlippage: number
    }
)

/** Rules that a measured key's operations hold at their end; `{}` measures and asks nothing more. */
export type MeasuredInput = {
  readonly minReceived?: readonly MinReceived[]
  /** Tokens whose approvals may leave the spender open: no operation leaves a larger allowance than it found. */
  readonly ephemeral?: readonly Address[]
}

/** The header's frame rules; `undefined` if there are none to write. */
export function compileFrameRules(input: MeasuredInput, meters: readonly Meter[]): FrameRules | undefined {
  knownFields('measured', input, ['minReceived', 'ephemeral'])
  const ephemeral = listField('measured.ephemeral', input.ephemeral, 0, MAX_RULES).map((token, index) =>
    tokenField(`measured.ephemeral[${index}]`, token),
  )
  const sorted = [...ephemeral].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  const twin = sorted.find((token, index) => token === sorted[index + 1])
  if (twin) throw new UnsafePolicyError('FrameRulesInvalid', 'measured.ephemeral', twin, 'each token once')
  const received = listField('measured.minReceived', input.minReceived, 0, MAX_RULES).map((rule, index) =>
    compileReceived(`measured.minReceived[${index}]`, rule, meters),
  )
  return sorted.length + received.length === 0 ? undefined : { ephemeral: sorted, received }
}

function compileReceived(field: string, rule: MinReceived, meters: readonly Meter[]): ReceivedRule {
  const token = rule.token === 'native' ? zeroAddress : tokenField(`${field}.token`, rule.token)
  if ('amount' in rule) {
    knownFields(field, rule, ['token', 'amount'])
    return { token, amount: amountField(`${field}.amount`, rule.amount, MAX_AMOUNT, 'token units') }
  }
  knownFields(field, rule, [
    'token', 'spent', 'spentDecimals', 'decimals', 'feed', 'feedDecimals', 'prices', 'maxAge', 'maxSlippage',
  ])
  const refuse = (name: string, value: unknown, accepted: string): never => {
    throw new UnsafePolicyError('FrameRulesInvalid', `${field}.${name}`, value, accepted)
  }
  const decimals = (name: 'spentDecimals' | 'decimals' | 'feedDecimals', isNative: boolean): number => {
    const value = Number(integerField(`${field}.${name}`, rule[name], 0n, MAX_DECIMALS, 'decimals'))
    return isNative && value !== NATIVE_DECIMALS ? refuse(name, value, `${NATIVE_DECIMALS}: native has that many`) : value
  }
  const spentNative = rule.spent === 'native'
  const spent = rule.spent === 'native' ? zeroAddress : tokenField(`${field}.spent`, rule.spent)
  if (isAddressEqual(spent, token)) refuse('spent', rule.spent, 'another token than the received one')
  const meterIndex = spentNative ? NATIVE_METER : meters.findIndex((meter) => isAddressEqual(meter.token, spent))
  if (meterIndex === -1) refuse('spent', rule.spent, 'a token of `tokenLimits`: only those are measured')
  if (rule.prices !== 'spent' && rule.prices !== 'received') refuse('prices', rule.prices, '"spent" or "received"')
  return {
    token,
    meterIndex,
    feed: tokenField(`${field}.feed`, rule.feed),
    prices: rule.prices,
    feedDecimals: decimals('feedDecimals', false),
    spentDecimals: decimals('spentDecimals', spentNative),
    receivedDecimals: decimals('decimals', rule.token === 'native'),
    maxAge: Number(integerField(`${field}.maxAge`, rule.maxAge, 1n, MAX_AGE, 'seconds')),
    maxSlippage: Number(integerField(`${field}.maxSlippage`, rule.maxSlippage, 0n, BASIS_POINTS - 1n, 'basis points')),
  }
}

function tokenField(field: string, value: unknown): Address {
  const address = addressField(field, value)
  if (BigInt(address) === 0n) throw new UnsafePolicyError('FrameRulesInvalid', field, address, 'a contract')
  return address
}
