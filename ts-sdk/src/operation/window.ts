import { type Period, periodEnd, periodStart } from '../policy/periods.ts'
import type { KeySettings } from '../policy/settingsWord.ts'
import type { KeyUsage } from '../policy/usageWord.ts'

/** When an operation may land: `validAfter < block time ≤ validUntil`, seconds since 1970. */
export type OperationWindow = { readonly validAfter: bigint; readonly validUntil: bigint }

/** What a window has to keep to. */
export type WindowRequest = {
  /** The chain's time, seconds since 1970. */
  now: bigint
  settings: Pick<KeySettings, 'validAfter' | 'validUntil' | 'cooldown' | 'nativeLimit' | 'rateLimit'>
  usage: Pick<KeyUsage, 'lastUntil'>
  /** Periods of the token limits that the operation touches, beside the native and the rate limit. */
  tokenPeriods: readonly Period[]
  /** Seconds that an operation wants to have left for landing. */
  minLength: bigint
  /** Seconds from now to the end, at most. */
  maxLength: bigint
}

/** A window to use now; or when to ask again, and why. */
export type WindowChoice =
  | ({ readonly kind: 'ready' } & OperationWindow)
  | { readonly kind: 'wait'; readonly until: bigint; readonly reason: WaitReason; readonly period?: Period }
  /** The key's own time is over. */
  | { readonly kind: 'expired' }

export type WaitReason = 'periodEnding' | 'cooldown' | 'notYetValid'

/** Seconds before the chain's time at which a window begins, if nothing else binds it: clocks differ a little. */
const LEEWAY = 30n

/**
 * Chooses the window of an operation: inside the key's own time, behind the cooldown, and inside the current window of
 * every period behind the usage word and every other period that the operation charges. Where the tightest of these is
 * about to end, the answer is to wait for the next.
 */
export function chooseWindow(request: WindowRequest): WindowChoice {
  const { now, settings, usage, minLength, maxLength } = request
  if (now >= settings.validUntil) return { kind: 'expired' }

  const periods = [settings.nativeLimit?.period, settings.rateLimit?.period, ...request.tokenPeriods].filter(
    (period): period is Period => period !== undefined,
  )
  const cooldownEnd = settings.cooldown > 0n && usage.lastUntil > 0n ? usage.lastUntil + settings.cooldown : 0n
  // A window of a period before the one that was counted last is refused.
  const counted = periods.map((period) => periodStart(period, usage.lastUntil) ?? 0n)
  const starts = periods.map((period) => periodStart(period, now) ?? 0n)
  const earliest = max([settings.validAfter, cooldownEnd, ...counted, ...starts])
  // Strictly later: EntryPoint v0.8 and v0.9 refuse an operation in the second `validAfter` itself.
  if (now <= earliest) {
    const reason =
      earliest === cooldownEnd && cooldownEnd > 0n
        ? 'cooldown'
        : earliest === settings.validAfter
          ? 'notYetValid'
          : 'periodEnding'
    return { kind: 'wait', until: earliest + 1n, reason }
  }

  const keyEnd = min(settings.validUntil, now + maxLength)
  const [tightest] = periods
    .map((period) => ({ period, start: periodStart(period, now), end: periodEnd(period, now) }))
    .filter((it): it is { period: Period; start: bigint; end: bigint } => it.start !== null && it.end !== null)
    .sort((a, b) => Number(a.end - b.end))
  const lastSecond = tightest ? tightest.end - 1n : keyEnd
  // Never more than half a period, or a short one would be waited for again and again.
  const wanted = tightest ? min(minLength, (tightest.end - tightest.start) / 2n) : 0n
  if (tightest && lastSecond < settings.validUntil && lastSecond - now < wanted) {
    // One second into the next window, so that the operation's may begin with it.
    return { kind: 'wait', until: tightest.end + 1n, reason: 'periodEnding', period: tightest.period }
  }
  return {
    kind: 'ready',
    validAfter: max([earliest, now > LEEWAY ? now - LEEWAY : 0n]),
    validUntil: min(keyEnd, lastSecond),
  }
}

function max(times: readonly bigint[]): bigint {
  return times.reduce((a, b) => (a > b ? a : b), 0n)
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
