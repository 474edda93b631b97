import { type Address, type Client, encodeFunctionData, zeroAddress } from 'viem'
import { readContract } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import type { Call } from '../operation/executions.ts'
import { addressField, amountField, periodField } from '../policy/fields.ts'
import { decodeMeterWord } from '../policy/meterWord.ts'
import { PERIOD_CODES, type Period, periodEnd, periodIndex, periodOfCode } from '../policy/periods.ts'
import { type SenderClient, type SentCall, sendCall } from './sendCall.ts'

const MAX_CAP = 2n ** 128n - 1n

/** A cap over all session keys of an account. */
export type Ceiling = {
  /** Left out: the native token, value and largest gas cost together. */
  readonly token?: Address | undefined
  /** Wei or token units, not 0, below 2^128. */
  readonly amount: bigint
  readonly period: Period
}

/** A ceiling as it stands at the block's time. */
export type CeilingStatus = {
  /** `undefined`: the native token. */
  readonly token: Address | undefined
  readonly period: Period
  /** Wei or token units. */
  readonly cap: bigint
  /** By all keys, in the current period. */
  readonly used: bigint
  readonly left: bigint
  /** First second at which it is whole again; `null`: never, or, per operation, always. */
  readonly resetsAt: bigint | null
  readonly blockTime: bigint
}

function encode(module: Address, token: Address | undefined, period: number, cap: bigint): Call {
  const args = [token ?? zeroAddress, BigInt(period), cap] as const
  return { to: module, value: 0n, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'setCeiling', args }) }
}

/** Sets a cap over all session keys. The account itself only. Throws `InvalidPolicyFieldError`. */
export function encodeSetCeiling({ module, token, amount, period }: Ceiling & { module: Address }): Call {
  const subject = token === undefined ? undefined : addressField('token', token)
  const code = PERIOD_CODES[periodField('period', period)]
  return encode(module, subject, code, amountField('amount', amount, MAX_CAP, 'wei or token units'))
}

/** Lifts it. What was spent is remembered, should it come back within the period. */
export function encodeLiftCeiling({ module, token }: { module: Address; token?: Address | undefined }): Call {
  return encode(module, token, 0, 0n)
}

/**
 * Sets a cap over all session keys of the account, which every key's spending charges too, uncapped amounts included.
 * Account only. While it stands, a call on the token whose amount cannot be told is refused.
 */
export function setCeiling(client: SenderClient, parameters: Ceiling & { module: Address }): Promise<SentCall> {
  return sendCall(client, encodeSetCeiling(parameters))
}

/** Lifts a cap over all session keys. Account only. */
export function liftCeiling(
  client: SenderClient,
  parameters: { module: Address; token?: Address | undefined },
): Promise<SentCall> {
  return sendCall(client, encodeLiftCeiling(parameters))
}

/** Reads a ceiling; `undefined` where the account has none for the token. */
export async function getCeiling(
  client: Client,
  parameters: { module: Address; account: Address; token?: Address | undefined },
): Promise<CeilingStatus | undefined> {
  const { module, account, token } = parameters
  const [code, cap, spent, blockTime] = await readContract(client, {
    abi: sessionKeyModuleAbi,
    address: module,
    functionName: 'ceiling',
    args: [account, token ?? zeroAddress],
  })
  const period = periodOfCode(Number(code))
  if (period === undefined) return undefined
  const word = decodeMeterWord(spent)
  const stands = period !== 'operation' && word.windowIndex >= periodIndex(period, blockTime)
  const used = stands ? word.spent : 0n
  const left = cap > used ? cap - used : 0n
  return { token, period, cap, used, left, resetsAt: periodEnd(period, blockTime), blockTime }
}
