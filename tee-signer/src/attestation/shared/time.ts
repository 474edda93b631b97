import { refuse } from '../errors.ts'

/** Both ends in seconds since 1970; both are inside. */
export type Validity = { readonly notBefore: number; readonly notAfter: number }

/** How far the clock of an enclave may be ahead of the verifier's, in seconds. */
export const CLOCK_SKEW = 60

/** Refuses what is not valid at `at` (seconds). */
export function checkValidity(validity: Validity, at: number, what: string): void {
  if (at < validity.notBefore) refuse('NOT_YET_VALID', `${what} is not valid yet.`, `from ${iso(validity.notBefore)}, checked at ${iso(at)}`)
  if (at > validity.notAfter) refuse('EXPIRED', `${what} has expired.`, `until ${iso(validity.notAfter)}, checked at ${iso(at)}`)
}

/** The time in which all of `windows` hold. */
export function intersect(windows: readonly Validity[]): Validity {
  return {
    notBefore: Math.max(...windows.map((it) => it.notBefore)),
    notAfter: Math.min(...windows.map((it) => it.notAfter)),
  }
}

/** Seconds of an ISO 8601 time in UTC, as the vendors' JSON writes it. */
export function secondsOf(text: string, what: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(milliseconds)) refuse('MALFORMED', `${what} is not a time.`, text)
  return milliseconds / 1000
}

function iso(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : String(seconds)
}
