import { SessionKeyRefusedError } from '../errors/refused.ts'
import type { KeyState } from '../actions/readKeyState.ts'
import { type OperationWindow, type WaitReason, chooseWindow } from '../operation/window.ts'
import type { Period } from '../policy/periods.ts'
import { WINDOW_DEFAULTS, type WindowOptions } from './windowOptions.ts'

const REASONS: Readonly<Record<WaitReason, readonly [code: string, sentence: string]>> = {
  cooldown: ['CooldownActive', 'The cooldown since the last operation is not over.'],
  notYetValid: ['WindowOutsideKey', "The key's time has not begun."],
  periodEnding: ['WindowCrossesPeriod', 'The period of a limit is about to end.'],
}

const timer = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Seconds past which a chain that stands still is asked again. */
const LONGEST_NAP = 5n

/**
 * A window for an operation of a live key, waiting for it where that is short.
 *
 * @param readState reads the key anew: what it says may change while waiting
 * @throws SessionKeyRefusedError where the key has expired, or the wait would be longer than `maxWait`
 */
export async function awaitWindow(
  readState: () => Promise<KeyState>,
  periodsOf: (state: KeyState) => readonly Period[],
  options: WindowOptions,
): Promise<{ state: KeyState; window: OperationWindow }> {
  const { minLength = WINDOW_DEFAULTS.minLength, maxWait = WINDOW_DEFAULTS.maxWait, sleep = timer } = options
  let told: bigint | undefined
  let slept = 0n
  for (;;) {
    const state = await readState()
    if (options.fixed) return { state, window: options.fixed }
    const { settings, usage } = state
    const now = (await options.now?.()) ?? state.blockTime
    const byDefault = settings.cooldown > 0n ? WINDOW_DEFAULTS.maxLengthWithCooldown : WINDOW_DEFAULTS.maxLength
    const maxLength = options.maxLength ?? byDefault
    // A dead key has no settings to keep to: any window serves to hear from the module what is wrong with it.
    const choice = settings.active
      ? chooseWindow({ now, settings, usage, tokenPeriods: periodsOf(state), minLength, maxLength })
      : ({ kind: 'ready', validAfter: now - 1n, validUntil: now + maxLength } as const)
    if (choice.kind === 'ready')
      return { state, window: { validAfter: choice.validAfter, validUntil: choice.validUntil } }
    if (choice.kind === 'expired') {
      throw new SessionKeyRefusedError('WindowOutsideKey', {
        reason: `The key expired at ${settings.validUntil}; it is ${now}.`,
        figures: { limit: settings.validUntil, attempted: now },
      })
    }
    const seconds = choice.until - now
    // The sum too: a chain that makes no blocks would be waited for without end.
    if (seconds > maxWait || slept > maxWait) {
      const [code, sentence] = REASONS[choice.reason]
      throw new SessionKeyRefusedError(code, {
        reason: `${sentence} The next window opens at ${choice.until}, in ${seconds} seconds.`,
        figures: { availableAt: choice.until, attempted: now },
        hint: `It would have waited up to ${maxWait} seconds (\`maxWait\`).`,
      })
    }
    if (told !== choice.until)
      options.onWait?.({ seconds, until: choice.until, reason: choice.reason, period: choice.period })
    told = choice.until
    const nap = seconds < LONGEST_NAP ? seconds : LONGEST_NAP
    await sleep(Number(nap) * 1000)
    slept += nap
  }
}
