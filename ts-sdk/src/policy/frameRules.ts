import { type Address, type Hex, concat, toHex } from 'viem'
import type { ByteReader } from './byteReader.ts'

/** Meter index that stands for native. */
export const NATIVE_METER = 0xff
const MODE_CODES = { fixed: 1, spent: 2, received: 3 } as const

/** What an operation of a measured key must bring in. `token` 0 is native. */
export type ReceivedRule = { token: Address } & (
  | { /** Token units, not 0. */ amount: bigint }
  | {
      /** Index of the meter whose token is spent; {@link NATIVE_METER}: native. */
      meterIndex: number
      /** An `AggregatorV3Interface` that prices one whole token of `prices` in the other one. */
      feed: Address
      prices: 'spent' | 'received'
      feedDecimals: number
      spentDecimals: number
      receivedDecimals: number
      /** Seconds that the feed's answer may be old. */
      maxAge: number
      /** Hundredths of a per cent, below 10,000. */
      maxSlippage: number
    }
)

/** What holds at the end of every operation of a measured key. */
export type FrameRules = {
  /** Tokens whose approvals end with the operation, ascending. */
  ephemeral: readonly Address[]
  received: readonly ReceivedRule[]
}

/** Header section 3 of docs/WIRE-FORMAT.md. */
export function encodeFrameRules({ ephemeral, received }: FrameRules): Hex {
  return concat([
    toHex(ephemeral.length, { size: 1 }),
    ...ephemeral,
    toHex(received.length, { size: 1 }),
    ...received.map(encodeReceived),
  ])
}

function encodeReceived(rule: ReceivedRule): Hex {
  if ('amount' in rule) {
    return concat([toHex(MODE_CODES.fixed, { size: 1 }), rule.token, toHex(rule.amount, { size: 16 })])
  }
  return concat([
    toHex(MODE_CODES[rule.prices], { size: 1 }),
    rule.token,
    toHex(rule.meterIndex, { size: 1 }),
    rule.feed,
    toHex(rule.feedDecimals, { size: 1 }),
    toHex(rule.spentDecimals, { size: 1 }),
    toHex(rule.receivedDecimals, { size: 1 }),
    toHex(rule.maxAge, { size: 4 }),
    toHex(rule.maxSlippage, { size: 2 }),
  ])
}

/** Inverse of {@link encodeFrameRules}, from where the reader stands. */
export function readFrameRules(reader: ByteReader): FrameRules {
  const ephemeral = Array.from({ length: reader.number(1) }, () => reader.address())
  const received = Array.from({ length: reader.number(1) }, () => readReceived(reader))
  return { ephemeral, received }
}

function readReceived(reader: ByteReader): ReceivedRule {
  const mode = reader.number(1)
  const token = reader.address()
  if (mode === MODE_CODES.fixed) return { token, amount: reader.integer(16) }
  if (mode !== MODE_CODES.spent && mode !== MODE_CODES.received) reader.fail('unknown mode')
  return {
    token,
    meterIndex: reader.number(1),
    feed: reader.address(),
    prices: mode === MODE_CODES.spent ? 'spent' : 'received',
    feedDecimals: reader.number(1),
    spentDecimals: reader.number(1),
    receivedDecimals: reader.number(1),
    maxAge: reader.number(4),
    maxSlippage: reader.number(2),
  }
}
