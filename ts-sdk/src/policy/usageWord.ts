import { type BitField, placeBits, readBits } from './bits.ts'

/** Fields of `KeyUsage`, see docs/WIRE-FORMAT.md. */
const FIELDS = {
  lastUntil: [0n, 36n],
  nativeSpent: [36n, 56n],
  meterSpent: [92n, 96n],
  rateCount: [188n, 16n],
  uses: [204n, 24n],
  serial: [228n, 24n],
} as const satisfies Record<string, BitField>

const GWEI = 1_000_000_000n

/** What one grant of a session key has used. */
export type KeyUsage = {
  /** End of the last operation's window, seconds since 1970; every counter here counts for that time's windows. */
  lastUntil: bigint
  /** Wei, a whole number of gwei. */
  nativeSpent: bigint
  /** Token units that the header's first meter has spent. */
  meterSpent: bigint
  /** Calls counted by the rate limit. */
  rateCount: bigint
  /** Calls over the whole grant. */
  uses: bigint
  /** The grant that counted: counters of an earlier one read as zero. */
  serial: bigint
}

export function encodeUsage(usage: KeyUsage): bigint {
  return (
    placeBits(usage.lastUntil, FIELDS.lastUntil) |
    placeBits(usage.nativeSpent / GWEI, FIELDS.nativeSpent) |
    placeBits(usage.meterSpent, FIELDS.meterSpent) |
    placeBits(usage.rateCount, FIELDS.rateCount) |
    placeBits(usage.uses, FIELDS.uses) |
    placeBits(usage.serial, FIELDS.serial)
  )
}

export function decodeUsage(word: bigint): KeyUsage {
  return {
    lastUntil: readBits(word, FIELDS.lastUntil),
    nativeSpent: readBits(word, FIELDS.nativeSpent) * GWEI,
    meterSpent: readBits(word, FIELDS.meterSpent),
    rateCount: readBits(word, FIELDS.rateCount),
    uses: readBits(word, FIELDS.uses),
    serial: readBits(word, FIELDS.serial),
  }
}
