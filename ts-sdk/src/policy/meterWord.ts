import { type BitField, placeBits, readBits } from './bits.ts'
import { PERIOD_CODES, type Period, periodOfCode } from './periods.ts'

/** Fields of `MeterWord`, see docs/WIRE-FORMAT.md. */
const FIELDS = {
  spent: [0n, 220n],
  windowIndex: [220n, 32n],
  period: [252n, 4n],
} as const satisfies Record<string, BitField>

/** What a second or later meter has spent, and in which window. */
export type MeterWord = { spent: bigint; windowIndex: bigint; period: Period | undefined }

export function encodeMeterWord(word: MeterWord): bigint {
  return (
    placeBits(word.spent, FIELDS.spent) |
    placeBits(word.windowIndex, FIELDS.windowIndex) |
    placeBits(BigInt(word.period ? PERIOD_CODES[word.period] : 0), FIELDS.period)
  )
}

export function decodeMeterWord(word: bigint): MeterWord {
  return {
    spent: readBits(word, FIELDS.spent),
    windowIndex: readBits(word, FIELDS.windowIndex),
    period: periodOfCode(Number(readBits(word, FIELDS.period))),
  }
}
