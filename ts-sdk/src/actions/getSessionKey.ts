import type { Address, Client, Hex } from 'viem'
import { PolicyMismatchError } from '../errors/actions.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'
import type { Meter } from '../policy/header.ts'
import { countsCalls, meterNumber } from '../policy/namedMeters.ts'
import { type Period, periodEnd, periodIndex } from '../policy/periods.ts'
import type { SignerLike } from '../policy/signer.ts'
import { type KeyState, readKeyState } from './readKeyState.ts'

/** Why a key can or cannot act now. */
export type SessionKeyStanding =
  | 'alive'
  | 'moduleNotInstalled'
  | 'notGranted'
  | 'epochOutdated'
  | 'accountPaused'
  | 'keyPaused'
  | 'notYetValid'
  | 'expired'

/** One limit as it stands at the block's time. */
export type LimitStatus = {
  /** `native` in wei, `token` in the token's units, `meter` in its own, `rate` and `uses` in calls. */
  readonly kind: 'native' | 'token' | 'meter' | 'rate' | 'uses'
  readonly token?: Address
  /** Of a `meter`: its number, from 1 in the order of the policy's `meters`. */
  readonly number?: number
  readonly tag?: number
  readonly period: Period
  readonly cap: bigint
  /** In the current period. Native includes the largest gas cost of each operation, used or not: none is given back. */
  readonly used: bigint
  readonly left: bigint
  /** First second at which the limit is whole again; `null`: never, or, per operation, always. */
  readonly resetsAt: bigint | null
}

/** Everything about one key, by the block's time. Times in seconds since 1970. */
export type SessionKeyStatus = {
  readonly keyId: Hex
  readonly standing: SessionKeyStanding
  readonly alive: boolean
  readonly paused: boolean
  readonly validAfter: bigint
  readonly validUntil: bigint
  readonly epoch: bigint
  /** Which grant of this key this is; 0: it was never granted. */
  readonly serial: bigint
  readonly guardian: Address | undefined
  /** The account has caps over all its keys: see `getCeiling`. */
  readonly hasCeilings: boolean
  readonly policyRoot: Hex
  /** Token limits are among them only where the policy was given. */
  readonly limits: readonly LimitStatus[]
  /** When the cooldown since the last operation is over; `undefined` without one. */
  readonly availableAt: bigint | undefined
  readonly blockTime: bigint
}

/**
 * Reads a session key's standing and every limit in one `eth_call`.
 *
 * @param parameters.policy the granted policy. The chain stores only its hash, so without it token limits are unknown.
 * @throws PolicyMismatchError if another policy is granted
 */
export async function getSessionKey(
  client: Client,
  parameters: { module: Address; account: Address; key: SignerLike; policy?: Policy },
): Promise<SessionKeyStatus> {
  const { policy, ...rest } = parameters
  const state = await readKeyState(client, { ...rest, header: policy?.header })
  if (policy && state.settings.active) {
    const { policyRoot } = encodePolicy(policy)
    if (policyRoot !== state.policyRoot) throw new PolicyMismatchError(state.policyRoot, policyRoot)
  }
  return describeKeyState(state, policy?.header.meters ?? [])
}

/** Reads a key's words into figures. Pure. */
export function describeKeyState(state: KeyState, meters: readonly Meter[]): SessionKeyStatus {
  const { keyId, settings, control, usage, policyRoot, blockTime } = state
  const standing = standingOf(state)
  const limit = (
    kind: LimitStatus['kind'],
    period: Period,
    cap: bigint,
    counted: bigint,
    countedAt: bigint,
  ): LimitStatus => {
    const used =
      period !== 'operation' && periodIndex(period, countedAt) >= periodIndex(period, blockTime) ? counted : 0n
    return { kind, period, cap, used, left: cap > used ? cap - used : 0n, resetsAt: periodEnd(period, blockTime) }
  }
  const { nativeLimit, rateLimit, maxUses, cooldown } = settings
  const limits = !settings.active
    ? []
    : [
        ...(nativeLimit
          ? [limit('native', nativeLimit.period, nativeLimit.amount, usage.nativeSpent, usage.lastUntil)]
          : []),
        ...meters.map(({ token, tag, period, cap }, index): LimitStatus => {
          const word = index === 0 ? undefined : state.meters[index - 1]
          const status =
            index === 0
              ? limit('token', period, cap, usage.meterSpent, usage.lastUntil)
              : // A word of another period was counted under an earlier policy: its spend stands.
                limit(
                  'token',
                  period,
                  cap,
                  word && word.period === period && word.windowIndex < periodIndex(period, blockTime)
                    ? 0n
                    : (word?.spent ?? 0n),
                  blockTime,
                )
          const number = meterNumber({ token })
          if (number === undefined) return { ...status, token, tag }
          return countsCalls({ token, tag }) ? { ...status, kind: 'rate' } : { ...status, kind: 'meter', number, tag }
        }),
        ...(rateLimit ? [limit('rate', rateLimit.period, rateLimit.count, usage.rateCount, usage.lastUntil)] : []),
        ...(maxUses > 0n ? [limit('uses', 'lifetime', maxUses, usage.uses, usage.lastUntil)] : []),
      ]
  return {
    keyId,
    standing,
    alive: standing === 'alive',
    paused: settings.paused || control.paused,
    validAfter: settings.validAfter,
    validUntil: settings.validUntil,
    epoch: control.epoch,
    serial: settings.serial,
    guardian: control.guardian,
    hasCeilings: control.hasCeilings,
    policyRoot,
    limits,
    availableAt: cooldown > 0n && usage.lastUntil > 0n ? usage.lastUntil + cooldown : undefined,
    blockTime,
  }
}

function standingOf({ control, settings, blockTime }: KeyState): SessionKeyStanding {
  if (!control.isValidator && !control.isExecutor) return 'moduleNotInstalled'
  if (!settings.active) return 'notGranted'
  if (settings.epoch !== control.epoch) return 'epochOutdated'
  if (control.paused) return 'accountPaused'
  if (settings.paused) return 'keyPaused'
  if (blockTime < settings.validAfter) return 'notYetValid'
  return blockTime > settings.validUntil ? 'expired' : 'alive'
}
