import { describe, expect, test } from 'vitest'
import { awaitWindow } from '../../src/accounts/awaitWindow.ts'
import {
  type KeySettings,
  type KeyState,
  type Period,
  SessionKeyRefusedError,
  type WindowOptions,
} from '../../src/index.ts'

/** A second into an hour. */
const HOUR = 1_900_000_800n - (1_900_000_800n % 3_600n)

/** A chain whose clock moves only while somebody sleeps. */
function chainAt(start: bigint, settings: Partial<KeySettings> = {}, lastUntil = 0n, makesBlocks = true) {
  let now = start
  const naps: number[] = []
  const waits: unknown[] = []
  const state = (): KeyState => ({
    keyId: '0x',
    control: {
      guardian: undefined,
      epoch: 1n,
      isValidator: true,
      isExecutor: false,
      paused: false,
      hasCeilings: false,
    },
    settings: {
      validAfter: 0n,
      validUntil: HOUR + 100_000n,
      epoch: 1n,
      serial: 1n,
      nativeLimit: undefined,
      rateLimit: undefined,
      maxUses: 0n,
      cooldown: 0n,
      active: true,
      paused: false,
      directLane: false,
      ...settings,
    },
    policyRoot: '0x',
    usage: { lastUntil, nativeSpent: 0n, meterSpent: 0n, rateCount: 0n, uses: 0n, serial: 1n },
    meters: [],
    blockTime: now,
  })
  const options: WindowOptions = {
    onWait: (wait) => waits.push(wait),
    sleep: async (milliseconds) => {
      naps.push(milliseconds)
      if (makesBlocks) now += BigInt(milliseconds) / 1000n
    },
  }
  const run = (changes: WindowOptions = {}, periods: readonly Period[] = ['hour']) =>
    awaitWindow(
      async () => state(),
      () => periods,
      { ...options, ...changes },
    )
  return { run, naps, waits }
}

test('a window that is there needs no wait', async () => {
  const { run, naps } = chainAt(HOUR + 60n)
  expect((await run()).window).toEqual({ validAfter: HOUR + 30n, validUntil: HOUR + 360n })
  expect(naps).toEqual([])
})

test('a period about to end is slept through, told once, and read anew', async () => {
  const { run, naps, waits } = chainAt(HOUR - 12n)
  const { window, state } = await run()
  expect(window).toEqual({ validAfter: HOUR, validUntil: HOUR + 301n })
  expect(state.blockTime).toBe(HOUR + 1n)
  expect(naps).toEqual([5_000, 5_000, 3_000])
  expect(waits).toEqual([{ seconds: 13n, until: HOUR + 1n, reason: 'periodEnding', period: 'hour' }])
})

test('how much time is wanted is the caller’s to say', async () => {
  const { run, waits } = chainAt(HOUR - 50n)
  await run({ minLength: 60n })
  expect(waits).toMatchObject([{ seconds: 51n }])
})

test('a cooldown is waited for; its windows are short by default, since it counts from their end', async () => {
  const { run } = chainAt(HOUR + 100n, { cooldown: 30n }, HOUR + 90n)
  expect((await run()).window).toEqual({ validAfter: HOUR + 120n, validUntil: HOUR + 181n })
})

describe('what cannot be waited for is refused', () => {
  test('a key that has expired', async () => {
    const { run, naps } = chainAt(HOUR, { validUntil: HOUR - 1n })
    await expect(run()).rejects.toMatchObject({ code: 'WindowOutsideKey', limit: HOUR - 1n, attempted: HOUR })
    expect(naps).toEqual([])
  })

  test('longer than the caller would', async () => {
    const { run, naps } = chainAt(HOUR + 1n, { cooldown: 600n }, HOUR)
    const error = await run({ maxWait: 599n }).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(SessionKeyRefusedError)
    expect(error).toMatchObject({ code: 'CooldownActive', availableAt: HOUR + 601n })
    expect(naps).toEqual([])
    expect((await run({ maxWait: 600n })).window.validAfter).toBe(HOUR + 600n)
  })
})

test('a chain that makes no blocks is not waited for without end', async () => {
  const { run, naps } = chainAt(HOUR - 5n, {}, 0n, false)
  await expect(run({ maxWait: 20n })).rejects.toMatchObject({ code: 'WindowCrossesPeriod' })
  expect(naps).toHaveLength(5)
})

test('a dead key gets some window, to hear from the module what is wrong', async () => {
  const { run } = chainAt(HOUR, { active: false, validUntil: 0n })
  expect((await run()).window).toEqual({ validAfter: HOUR - 1n, validUntil: HOUR + 300n })
})

test('a fixed window is taken as it is, and another clock where one is given', async () => {
  const { run } = chainAt(HOUR - 1n)
  const fixed = { validAfter: 5n, validUntil: 6n }
  expect((await run({ fixed })).window).toEqual(fixed)
  expect((await run({ now: async () => HOUR + 100n })).window.validUntil).toBe(HOUR + 400n)
})
