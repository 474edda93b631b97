import { type BitField, placeBits, readBits } from './bits.ts'
import { PERIOD_CODES, type Period, periodOfCode } from './periods.ts'

/** Fields of `KeySettings`, see docs/WIRE-FORMAT.md. */
const FIELDS = {
  validAfter: [0n, 36n],
  validUntil: [36n, 36n],
  epoch: [72n, 32n],
  serial: [104n, 24n],
  nativeCap: [128n, 56n],
  nativePeriod: [184n, 4n],
  rateLimit: [188n, 16n],
  ratePeriod: [204n, 4n],
  maxUses: [208n, 24n],
  cooldown: [232n, 16n],
  flags: [248n, 8n],
} as const satisfies Record<string, BitField>

const FLAG_ACTIVE = 1n
const FLAG_PAUSED = 2n
const FLAG_COOLDOWN_IN_MINUTES = 4n
const FLAG_MEASURED = 8n
const FLAG_DIRECT_LANE = 16n
const GWEI = 1_000_000_000n
const MAX_COOLDOWN_FIELD = 0xffffn

/** The fixed rules of one session key. */
export type KeySettings = {
  /** First second of the key's life, seconds since 1970. */
  validAfter: bigint
  /** Last second of the key's life, seconds since 1970. */
  validUntil: bigint
  /** The account's epoch that this grant belongs to. */
  epoch: bigint
  /** Which grant of this key this is, counted from 1. */
  serial: bigint
  /** Native spending limit in wei, a whole number of gwei. */
  nativeLimit: { amount: bigint; period: Period } | undefined
  /** Calls per period. */
  rateLimit: { count: bigint; period: Period } | undefined
  /** Calls that this grant may ever make; 0: no quota. */
  maxUses: bigint
  /** Seconds between the end of one operation's window and the start of the next. */
  cooldown: bigint
  /** Every operation stands in a frame. */
  measured?: boolean | undefined
  active: boolean
  paused: boolean
  /** The key may act without a bundler. */
  directLane: boolean
}

/** Whether a cooldown fits its field: up to 65,535 seconds, or 65,535 whole minutes. */
export function isCooldownEncodable(seconds: bigint): boolean {
  return (
    seconds >= 0n && (seconds <= MAX_COOLDOWN_FIELD || (seconds % 60n === 0n && seconds / 60n <= MAX_COOLDOWN_FIELD))
  )
}

/** Packs the word. Throws a `RangeError` for what does not fit: policies are checked before they come here. */
export function encodeSettings(settings: KeySettings): bigint {
  const { nativeLimit, rateLimit, cooldown } = settings
  if (nativeLimit && nativeLimit.amount % GWEI !== 0n)
    throw new RangeError(`${nativeLimit.amount} wei is no whole number of gwei`)
  if (!isCooldownEncodable(cooldown)) throw new RangeError(`a cooldown of ${cooldown} s does not fit`)
  const inMinutes = cooldown > MAX_COOLDOWN_FIELD
  const flags =
    (settings.active ? FLAG_ACTIVE : 0n) |
    (settings.paused ? FLAG_PAUSED : 0n) |
    (inMinutes ? FLAG_COOLDOWN_IN_MINUTES : 0n) |
    (settings.measured ? FLAG_MEASURED : 0n) |
    (settings.directLane ? FLAG_DIRECT_LANE : 0n)
  return (
    placeBits(settings.validAfter, FIELDS.validAfter) |
    placeBits(settings.validUntil, FIELDS.validUntil) |
    placeBits(settings.epoch, FIELDS.epoch) |
    placeBits(settings.serial, FIELDS.serial) |
    placeBits(nativeLimit ? nativeLimit.amount / GWEI : 0n, FIELDS.nativeCap) |
    placeBits(nativeLimit ? BigInt(PERIOD_CODES[nativeLimit.period]) : 0n, FIELDS.nativePeriod) |
    placeBits(rateLimit ? rateLimit.count : 0n, FIELDS.rateLimit) |
    placeBits(rateLimit ? BigInt(PERIOD_CODES[rateLimit.period]) : 0n, FIELDS.ratePeriod) |
    placeBits(settings.maxUses, FIELDS.maxUses) |
    placeBits(inMinutes ? cooldown / 60n : cooldown, FIELDS.cooldown) |
    placeBits(flags, FIELDS.flags)
  )
}

/** Unpacks the word. A limit whose period code is unknown reads as no limit. */
export function decodeSettings(word: bigint): KeySettings {
  const flags = readBits(word, FIELDS.flags)
  const cooldown = readBits(word, FIELDS.cooldown)
  const nativePeriod = periodOfCode(Number(readBits(word, FIELDS.nativePeriod)))
  const ratePeriod = periodOfCode(Number(readBits(word, FIELDS.ratePeriod)))
  return {
    validAfter: readBits(word, FIELDS.validAfter),
    validUntil: readBits(word, FIELDS.validUntil),
    epoch: readBits(word, FIELDS.epoch),
    serial: readBits(word, FIELDS.serial),
    nativeLimit: nativePeriod && { amount: readBits(word, FIELDS.nativeCap) * GWEI, period: nativePeriod },
    rateLimit: ratePeriod && { count: readBits(word, FIELDS.rateLimit), period: ratePeriod },
    maxUses: readBits(word, FIELDS.maxUses),
    cooldown: (flags & FLAG_COOLDOWN_IN_MINUTES) === 0n ? cooldown : cooldown * 60n,
    ...((flags & FLAG_MEASURED) !== 0n && { measured: true }),
    active: (flags & FLAG_ACTIVE) !== 0n,
    paused: (flags & FLAG_PAUSED) !== 0n,
    directLane: (flags & FLAG_DIRECT_LANE) !== 0n,
  }
}
