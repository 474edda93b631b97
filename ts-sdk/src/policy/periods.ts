/**
 * The UTC calendar by which limits reset: the same windows as `contracts/policy/Periods.sol`. Times are seconds since
 * 1970 and fit 36 bits.
 */

/** Period codes of the wire format. 0 means "not set" and is no period. */
export const PERIOD_CODES = {
  operation: 1,
  minute: 2,
  hour: 3,
  day: 4,
  week: 5,
  month: 6,
  year: 7,
  lifetime: 8,
} as const

export type Period = keyof typeof PERIOD_CODES

export const PERIODS = Object.keys(PERIOD_CODES) as readonly Period[]

const MINUTE = 60n
const HOUR = 3_600n
const DAY = 86_400n

/** Whether `value` names a period. */
export function isPeriod(value: unknown): value is Period {
  return typeof value === 'string' && Object.hasOwn(PERIOD_CODES, value)
}

/** The period of a code; `undefined` for 0 and for unknown codes. */
export function periodOfCode(code: number): Period | undefined {
  return PERIODS.find((period) => PERIOD_CODES[period] === code)
}

/**
 * Number of the window that `time` lies in. Indices never fall as time grows. `operation` and `lifetime` have no
 * boundaries in time: always 0.
 */
export function periodIndex(period: Period, time: bigint): bigint {
  switch (period) {
    case 'operation':
    case 'lifetime':
      return 0n
    case 'minute':
      return time / MINUTE
    case 'hour':
      return time / HOUR
    case 'day':
      return time / DAY
    // Day 0 was a Thursday: three days on, a division by seven breaks on Mondays.
    case 'week':
      return (time / DAY + 3n) / 7n
    case 'month': {
      const { year, month } = civilFromDay(time / DAY)
      return year * 12n + month - 1n
    }
    case 'year':
      return civilFromDay(time / DAY).year
  }
}

/** First second of window `index`; `null` for periods without boundaries. */
function startOfIndex(period: Period, index: bigint): bigint | null {
  switch (period) {
    case 'operation':
    case 'lifetime':
      return null
    case 'minute':
      return index * MINUTE
    case 'hour':
      return index * HOUR
    case 'day':
      return index * DAY
    case 'week':
      // The first week began before 1970.
      return index === 0n ? 0n : (index * 7n - 3n) * DAY
    case 'month':
      return dayFromCivil(index / 12n, (index % 12n) + 1n) * DAY
    case 'year':
      return dayFromCivil(index, 1n) * DAY
  }
}

/** First second of the window that `time` lies in; `null` for `operation` and `lifetime`. */
export function periodStart(period: Period, time: bigint): bigint | null {
  return startOfIndex(period, periodIndex(period, time))
}

/** First second of the next window: when a limit is whole again. `null` for `operation` and `lifetime`. */
export function periodEnd(period: Period, time: bigint): bigint | null {
  return startOfIndex(period, periodIndex(period, time) + 1n)
}

/**
 * Year and month of a day counted from 1970-01-01, proleptic Gregorian. Written out rather than taken from `Date`, whose
 * range ends before 36 bits of seconds do. Source of the formula: Howard Hinnant, "chrono-compatible low-level date
 * algorithms", for days ≥ 0.
 */
function civilFromDay(day: bigint): { year: bigint; month: bigint } {
  const shifted = day + 719_468n
  const era = shifted / 146_097n
  const dayOfEra = shifted % 146_097n
  const yearOfEra = (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n)
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month }
}

/** Day number of the first of a month; the inverse of {@link civilFromDay}. */
function dayFromCivil(year: bigint, month: bigint): bigint {
  const shiftedYear = month <= 2n ? year - 1n : year
  const era = shiftedYear / 400n
  const yearOfEra = shiftedYear % 400n
  const dayOfYear = (153n * (month > 2n ? month - 3n : month + 9n) + 2n) / 5n
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n
}
