import type { OperationWindow, WaitReason } from '../operation/window.ts'
import type { Period } from '../policy/periods.ts'

/** How the window of an operation is chosen. Seconds. */
export type WindowOptions = {
  /** Time that an operation wants to have for landing; with less left in a period, it waits for the next. Default 30. */
  readonly minLength?: bigint
  /** Longest time from now to the window's end. Default 300; 60 for a key with a cooldown, which counts from the end. */
  readonly maxLength?: bigint
  /** Instead of choosing: exactly this window. */
  readonly fixed?: OperationWindow
  /** Most seconds to wait for; beyond it the operation is refused. Default 120. */
  readonly maxWait?: bigint
  /** Is told before each wait. */
  readonly onWait?: (wait: {
    readonly seconds: bigint
    readonly until: bigint
    readonly reason: WaitReason
    readonly period?: Period | undefined
  }) => void
  /** Waits; by default with a timer. */
  readonly sleep?: (milliseconds: number) => Promise<void>
  /** The chain's time in seconds since 1970; by default that of the latest block. */
  readonly now?: () => Promise<bigint>
}

/** What {@link WindowOptions} say where they are silent. */
export const WINDOW_DEFAULTS = { minLength: 30n, maxLength: 300n, maxLengthWithCooldown: 60n, maxWait: 120n } as const
