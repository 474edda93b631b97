import { describe, expect, test } from 'vitest'
import {
  type Period,
  PERIODS,
  type WindowRequest,
  chooseWindow,
  periodEnd,
  periodIndex,
  periodStart,
} from '../../src/index.ts'

const seconds = (...date: Parameters<typeof Date.UTC>): bigint => BigInt(Date.UTC(...date) / 1000)
/** A Saturday, mid-month, in the middle of an hour. */
const NOON = seconds(2026, 10, 21, 12, 30)

type Changes = Partial<Omit<WindowRequest, 'settings' | 'usage'>> & {
  settings?: Partial<WindowRequest['settings']>
  lastUntil?: bigint
}

function choose({ settings, lastUntil = 0n, ...changes }: Changes = {}) {
  return chooseWindow({
    now: NOON,
    settings: {
      validAfter: 0n,
      validUntil: NOON + 86_400n,
      cooldown: 0n,
      nativeLimit: undefined,
      rateLimit: undefined,
      ...settings,
    },
    usage: { lastUntil },
    tokenPeriods: [],
    minLength: 30n,
    maxLength: 300n,
    ...changes,
  })
}
const native = (period: Period) => ({ nativeLimit: { amount: 1n, period } })

test('nothing binds: from a little before now, for the longest time', () => {
  expect(choose()).toEqual({ kind: 'ready', validAfter: NOON - 30n, validUntil: NOON + 300n })
})

describe('the key’s own time', () => {
  test('ends the window', () => {
    expect(choose({ settings: { validUntil: NOON + 20n } })).toMatchObject({ validUntil: NOON + 20n })
  })
  test('over means expired, at its last second too: no later block would be in time', () => {
    expect(choose({ settings: { validUntil: NOON + 1n } })).toMatchObject({ kind: 'ready' })
    expect(choose({ settings: { validUntil: NOON } })).toEqual({ kind: 'expired' })
  })
  test('begins the window, and is waited for', () => {
    expect(choose({ settings: { validAfter: NOON - 1n } })).toMatchObject({ validAfter: NOON - 1n })
    expect(choose({ settings: { validAfter: NOON } })).toEqual({
      kind: 'wait',
      until: NOON + 1n,
      reason: 'notYetValid',
    })
    expect(choose({ settings: { validAfter: NOON + 60n } })).toEqual({
      kind: 'wait',
      until: NOON + 61n,
      reason: 'notYetValid',
    })
  })
})

describe('the cooldown', () => {
  test('counts from the end of the last window', () => {
    const settings = { cooldown: 60n }
    expect(choose({ settings, lastUntil: NOON - 61n })).toMatchObject({ kind: 'ready', validAfter: NOON - 1n })
    expect(choose({ settings, lastUntil: NOON - 60n })).toEqual({ kind: 'wait', until: NOON + 1n, reason: 'cooldown' })
    expect(choose({ settings, lastUntil: NOON })).toEqual({ kind: 'wait', until: NOON + 61n, reason: 'cooldown' })
  })
  test('of a key that was never used binds nothing', () => {
    expect(choose({ settings: { cooldown: 60n } }).kind).toBe('ready')
  })
})

describe('periods', () => {
  test.each<[string, Changes]>([
    ['native', { settings: native('hour') }],
    ['rate', { settings: { rateLimit: { count: 1n, period: 'hour' } } }],
    ['token', { tokenPeriods: ['day', 'hour'] }],
  ])('the tightest ends the window: %s', (_, changes) => {
    const now = seconds(2026, 10, 21, 12, 57)
    expect(choose({ ...changes, now })).toEqual({
      kind: 'ready',
      validAfter: now - 30n,
      validUntil: seconds(2026, 10, 21, 13) - 1n,
    })
  })

  test('about to end is waited for, to a second into the next', () => {
    const end = seconds(2026, 10, 21, 13)
    const settings = native('hour')
    expect(choose({ settings, now: end - 31n })).toMatchObject({ kind: 'ready', validUntil: end - 1n })
    expect(choose({ settings, now: end - 30n })).toEqual({
      kind: 'wait',
      until: end + 1n,
      reason: 'periodEnding',
      period: 'hour',
    })
    expect(choose({ settings, now: end + 1n })).toMatchObject({ kind: 'ready', validAfter: end })
  })

  test('in the first second itself the window has no second before it: wait one', () => {
    const start = seconds(2026, 10, 21, 13)
    expect(choose({ settings: native('hour'), now: start })).toMatchObject({ kind: 'wait', until: start + 1n })
  })

  test('shorter than what is wanted: half a period is enough, so that the wait ends', () => {
    const start = seconds(2026, 10, 21, 13)
    const changes = { settings: native('minute'), minLength: 600n }
    expect(choose({ ...changes, now: start + 1n }).kind).toBe('ready')
    expect(choose({ ...changes, now: start + 40n })).toMatchObject({ kind: 'wait', until: start + 61n })
  })

  test('no wait for a period that outlives the key', () => {
    const end = seconds(2026, 10, 21, 13)
    expect(choose({ settings: { ...native('hour'), validUntil: end - 5n }, now: end - 10n })).toMatchObject({
      kind: 'ready',
      validUntil: end - 5n,
    })
  })

  test('never before the period counted last', () => {
    const start = seconds(2026, 10, 21, 13)
    expect(choose({ settings: native('hour'), lastUntil: start + 5n })).toEqual({
      kind: 'wait',
      until: start + 1n,
      reason: 'periodEnding',
    })
  })
})

test('whatever the time: every window lies in one window of each period, holds the next second, and has the wanted length', () => {
  for (let step = 0n; step < 4_000n; step++) {
    const now = NOON + step * 1_009n
    const tokenPeriods = PERIODS.filter((_, index) => (step >> BigInt(index)) % 2n === 1n)
    const choice = choose({ now, tokenPeriods, settings: { validUntil: now + 10_000_000n } })
    if (choice.kind === 'expired') throw new Error('the key lives')
    if (choice.kind === 'wait') {
      expect(
        choice.until > now &&
          tokenPeriods.some(
            (period) => (periodEnd(period, now) ?? 0n) < choice.until || periodStart(period, now) === now,
          ),
      ).toBe(true)
      continue
    }
    const { validAfter, validUntil } = choice
    expect(validAfter < now && now + 1n <= validUntil).toBe(true)
    expect(validUntil - now >= (tokenPeriods.includes('minute') ? 29n : 30n)).toBe(true)
    for (const period of tokenPeriods) expect(periodIndex(period, validAfter)).toBe(periodIndex(period, validUntil))
  }
})
