import { describe, expect, test } from 'vitest'
import { PERIODS, type Period, isPeriod, periodEnd, periodIndex, periodOfCode, periodStart } from '../../src/index.ts'

const seconds = (...date: Parameters<typeof Date.UTC>): bigint => BigInt(Date.UTC(...date) / 1000)

/** First seconds of windows, as the calendar has them. */
const boundaries: readonly [Period, string, bigint][] = [
  ['minute', 'a minute', seconds(2026, 10, 21, 8, 1)],
  ['hour', 'an hour', seconds(2026, 10, 21, 8)],
  ['day', 'a day', seconds(2026, 10, 21)],
  ['week', 'Monday', seconds(2026, 10, 23)],
  ['week', 'the first Monday after 1970', seconds(1970, 0, 5)],
  ['month', 'after 31 days', seconds(2026, 8, 1)],
  ['month', 'after 30 days', seconds(2026, 6, 1)],
  ['month', 'after February', seconds(2026, 2, 1)],
  ['month', 'after a leap February', seconds(2028, 2, 1)],
  ['month', 'after the February of a century', seconds(2100, 2, 1)],
  ['month', 'after the leap February of a century', seconds(2400, 2, 1)],
  ['month', 'a year', seconds(2027, 0, 1)],
  ['year', 'a year', seconds(2027, 0, 1)],
  ['year', 'after a leap year', seconds(2029, 0, 1)],
]

test.each(boundaries)('%s: %s begins with its first second and ends the one before', (period, _, first) => {
  expect(periodIndex(period, first)).toBe(periodIndex(period, first - 1n) + 1n)
  expect(periodStart(period, first)).toBe(first)
  expect(periodEnd(period, first - 1n)).toBe(first)
  expect(periodIndex(period, first + 1n)).toBe(periodIndex(period, first))
})

describe('the numbers of the wire format', () => {
  const time = seconds(2026, 10, 21, 8, 1, 30)
  test.each<[Period, bigint]>([
    ['operation', 0n],
    ['minute', time / 60n],
    ['hour', time / 3600n],
    ['day', time / 86400n],
    ['week', (time / 86400n + 3n) / 7n],
    ['month', 2026n * 12n + 10n],
    ['year', 2026n],
    ['lifetime', 0n],
  ])('%s', (period, index) => {
    expect(periodIndex(period, time)).toBe(index)
  })

  test('agree with the platform’s calendar over four centuries', () => {
    for (let day = 0; day < 146_097; day += 13) {
      const date = new Date(day * 86_400_000)
      const at = BigInt(day) * 86_400n
      expect(periodIndex('month', at)).toBe(BigInt(date.getUTCFullYear() * 12 + date.getUTCMonth()))
      expect(periodIndex('year', at)).toBe(BigInt(date.getUTCFullYear()))
    }
  })
})

test('what has no boundaries has neither start nor end', () => {
  for (const period of ['operation', 'lifetime'] as const) {
    expect([periodStart(period, 5n), periodEnd(period, 5n)]).toEqual([null, null])
  }
})

test('codes are 1 to 8, and 0 is none', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(periodOfCode)).toEqual([undefined, ...PERIODS, undefined])
  expect([isPeriod('day'), isPeriod('toString'), isPeriod(4)]).toEqual([true, false, false])
})
