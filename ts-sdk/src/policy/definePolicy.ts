import type { Address, Hex } from 'viem'
import { InvalidPolicyFieldError, UnsafePolicyError } from '../errors/policy.ts'
import type { CheckArguments } from '../conditions/checkTypes.ts'
import { findSets } from '../conditions/findSets.ts'
import type { WordSet } from '../conditions/sets.ts'
import { type CallPolicy, compileCallPolicy } from './callPolicies.ts'
import { type CoSignerPolicy, readCoSigner } from './coSigner.ts'
import {
  type Seconds,
  addressField,
  amountField,
  bytesField,
  integerField,
  knownFields,
  listField,
  periodField,
  timeField,
} from './fields.ts'
import { type MeasuredInput, compileFrameRules } from './measuredPolicy.ts'
import type { Header, Meter } from './header.ts'
import { type MeterLimit, compileNumberedMeters } from './namedMeters.ts'
import { type PaymasterPolicy, readPaymaster } from './paymasters.ts'
import { PERIODS, type Period } from './periods.ts'
import type { Permissions } from './permissions.ts'
import { isCooldownEncodable } from './settingsWord.ts'
import { type TokenLimit, readTokenLimits } from './tokenLimits.ts'

const GWEI = 1_000_000_000n
const MAX_NATIVE = (2n ** 56n - 1n) * GWEI
const MAX_RATE = 2n ** 16n - 1n
const MAX_USES = 2n ** 24n - 1n
const MAX_COOLDOWN = 65_535n * 60n
const MAX_CODE_LIST = 255
const MAX_PERMISSIONS = 65_535
const POLICY_FIELDS = [
  'validAfter',
  'validUntil',
  'nativeLimit',
  'tokenLimits',
  'meters',
  'callPolicies',
  'rateLimits',
  'maxUses',
  'cooldown',
  'paymasters',
  'checker',
  'accountCodeHash',
  'directLane',
  'executeUserOp',
  'coSigner',
  'measured',
]
const RATE_PERIODS = PERIODS.filter((period) => period !== 'operation')

/** A policy as a person writes it. Times in seconds, native amounts in wei, token amounts in the token's units. */
export type PolicyInput = {
  /** First second of the key's life. Default: at once. */
  readonly validAfter?: Seconds
  /** Last second of the key's life. */
  readonly validUntil: Seconds
  /** Native token per period: value of calls, and the largest possible gas cost where the account pays. Whole gwei. */
  readonly nativeLimit?: { readonly amount: bigint; readonly period: Period }
  readonly tokenLimits?: readonly TokenLimit[]
  /**
   * Counters of anything, by name: what they count is said by `charges` of call policies, which may share them. Several
   * limits of one name hold at once, such as one per operation and one per day.
   */
  readonly meters?: Readonly<Record<string, MeterLimit | readonly MeterLimit[]>>
  readonly callPolicies: readonly CallPolicy[]
  /** Calls per period. All hold at once. The first is the cheapest: it counts where every operation writes anyway. */
  readonly rateLimits?: readonly { readonly count: bigint | number; readonly period: Period }[]
  /** Calls over the key's whole life. Default: no quota. */
  readonly maxUses?: bigint | number
  /** Seconds between the end of an operation's window and the start of the next. Above 65,535: whole minutes. */
  readonly cooldown?: Seconds
  readonly paymasters?: readonly PaymasterPolicy[]
  /**
   * A contract that is asked about every call (`ISessionKeyChecker`), for what no condition can say. It must keep to
   * ERC-7562: no clock, no balances, no storage but what is associated with the account.
   */
  readonly checker?: Address
  /** Has what operations really take measured, whoever takes it, and holds rules over it. Default: not measured. */
  readonly measured?: MeasuredInput
  /** EXTCODEHASH that the account must have: for accounts that can change their code without telling anyone. */
  readonly accountCodeHash?: Hex
  /**
   * Whether the key may also act without a bundler, by a transaction of its own or one that somebody else sends with its
   * signature. Needs the module installed as executor, too. Default `false`.
   */
  readonly directLane?: boolean
  /**
   * Whether the account takes operations by `executeUserOp` only, as Kernel does where a hook runs around the module. Default
   * `false`.
   */
  readonly executeUserOp?: boolean
  /** Who signs too what an operation charges above a threshold. Below every one of them the key acts alone. */
  readonly coSigner?: CoSignerPolicy
}

/** A checked policy, as it is encoded. Same names and units as {@link PolicyInput}. */
export type Policy = {
  readonly validAfter: bigint
  readonly validUntil: bigint
  readonly nativeLimit: { readonly amount: bigint; readonly period: Period } | undefined
  readonly rateLimit: { readonly count: bigint; readonly period: Period } | undefined
  /** Every operation stands in a frame that measures what it takes. */
  readonly measured?: boolean
  /** 0: no quota. */
  readonly maxUses: bigint
  /** Seconds; 0: none. */
  readonly cooldown: bigint
  readonly directLane: boolean
  readonly header: Header
  readonly permissions: Permissions
  /** The lists of the sets that the permissions name by their roots, where they are at hand. Not part of the encoding. */
  readonly sets?: readonly WordSet[]
}

/**
 * Checks a policy and compiles it. What the contract's grant would refuse for the policy's own sake is refused here, by
 * an error that names the field, its value and what is accepted; what depends on the account, the key and the time is
 * checked when the grant is encoded.
 *
 * @throws InvalidPolicyFieldError, MillisecondsError, UnsafePolicyError
 */
export function definePolicy<const P extends readonly CallPolicy[]>(
  input: Omit<PolicyInput, 'callPolicies'> & {
    readonly callPolicies: { readonly [K in keyof P]: P[K] & CheckArguments<P[K]> }
  },
): Policy {
  knownFields('policy', input, POLICY_FIELDS)
  const validAfter = timeField('validAfter', input.validAfter ?? 0n, 0n)
  const validUntil = timeField('validUntil', input.validUntil, 1n)
  if (validUntil <= validAfter) {
    throw new UnsafePolicyError(
      'ExpiryInvalid',
      'validUntil',
      validUntil,
      `a time after \`validAfter\` (${validAfter})`,
    )
  }
  const nativeLimit = readNativeLimit(input.nativeLimit)
  const rateLimit = readRateLimit(input.rateLimits)
  const maxUses = input.maxUses === undefined ? 0n : integerField('maxUses', input.maxUses, 1n, MAX_USES, 'calls')
  const { meters, named } = compileNumberedMeters(
    readTokenLimits(input.tokenLimits),
    input.meters,
    (input.rateLimits ?? []).slice(1),
  )
  const coSigner = readCoSigner(input.coSigner, { meters, named, nativeCap: nativeLimit?.amount })
  const header: Header = {
    meters,
    paymasters: listField('paymasters', input.paymasters, 0, MAX_CODE_LIST).map((entry, index) =>
      readPaymaster(`paymasters[${index}]`, entry, meters),
    ),
    ...(input.checker !== undefined && { checker: readChecker(input.checker) }),
    ...frameOf(input.measured, meters),
    pinnedCode: input.accountCodeHash && bytesField('accountCodeHash', input.accountCodeHash, 32, 32),
    ...(coSigner && { coSigner }),
    ...(input.executeUserOp && { executeUserOp: true }),
  }
  const context = {
    meters,
    namedMeters: named,
    hasNativeLimit: nativeLimit !== undefined,
    ephemeral: header.frame?.ephemeral ?? [],
    hasCallLimit: rateLimit !== undefined || maxUses !== 0n,
  }
  const compiled = listField<CallPolicy>('callPolicies', input.callPolicies, 1, MAX_PERMISSIONS).map((policy, index) => ({
    hot: policy.hot === true,
    permission: compileCallPolicy(`callPolicies[${index}]`, policy, context),
  }))
  const hot = compiled.filter((it) => it.hot)
  if (hot.length > MAX_CODE_LIST) {
    throw new InvalidPolicyFieldError('callPolicies', hot.length, `at most ${MAX_CODE_LIST} hot ones`, {
      code: 'OutOfRange',
    })
  }
  const list = [...hot, ...compiled.filter((it) => !it.hot)].map((it) => it.permission)
  const sets = findSets(input.callPolicies.map(({ args }) => args))
  return {
    ...(sets.length > 0 && { sets }),
    validAfter,
    validUntil,
    nativeLimit,
    rateLimit,
    maxUses,
    cooldown: readCooldown(input.cooldown),
    directLane: readDirectLane(input.directLane),
    ...(input.measured !== undefined && { measured: true }),
    header,
    permissions: { hotCount: hot.length, list },
  }
}

function frameOf(measured: MeasuredInput | undefined, meters: readonly Meter[]): Pick<Header, 'frame'> {
  const frame = measured && compileFrameRules(measured, meters)
  return frame ? { frame } : {}
}

function readNativeLimit(limit: PolicyInput['nativeLimit']): Policy['nativeLimit'] {
  if (limit === undefined) return undefined
  knownFields('nativeLimit', limit, ['amount', 'period'])
  const amount = amountField('nativeLimit.amount', limit.amount, MAX_NATIVE, 'wei')
  if (amount % GWEI !== 0n) {
    throw new InvalidPolicyFieldError(
      'nativeLimit.amount',
      amount,
      'a whole number of gwei (a multiple of 1000000000 wei)',
      {
        code: 'NotWholeGwei',
        hint: `Nothing is rounded for you. The nearest below is ${amount - (amount % GWEI)}.`,
      },
    )
  }
  return { amount, period: periodField('nativeLimit.period', limit.period) }
}

function readRateLimit(limits: PolicyInput['rateLimits']): Policy['rateLimit'] {
  const list = listField('rateLimits', limits, 0, MAX_PERMISSIONS)
  const [limit] = list
  if (list.length === 0) return undefined
  knownFields('rateLimits[0]', limit, ['count', 'period'])
  return {
    count: integerField('rateLimits[0].count', limit?.count, 1n, MAX_RATE, 'calls'),
    period: periodField('rateLimits[0].period', limit?.period, RATE_PERIODS),
  }
}

function readChecker(value: Address): Address {
  const checker = addressField('checker', value)
  if (BigInt(checker) === 0n) throw new InvalidPolicyFieldError('checker', checker, 'a checker contract')
  return checker
}

function readCooldown(value: Seconds | undefined): bigint {
  if (value === undefined) return 0n
  const cooldown = integerField('cooldown', value, 0n, MAX_COOLDOWN, 'seconds')
  if (isCooldownEncodable(cooldown)) return cooldown
  throw new InvalidPolicyFieldError('cooldown', cooldown, 'up to 65535 seconds, or whole minutes up to 65535 minutes', {
    code: 'OutOfRange',
  })
}

function readDirectLane(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw new InvalidPolicyFieldError('directLane', value, '`true` or `false`')
}
