import type { Window } from './authority.ts'

/** The time at which the fixtures are made: 1 March 2026, noon. Seconds. */
export const NOW = Date.UTC(2026, 2, 1, 12) / 1000

export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000', '')

/** A window around {@link NOW}. */
export const at = (from: number, until: number): Window => ({ from: NOW + from, until: NOW + until })
