import { type Address, getAddress, pad, toHex } from 'viem'
import { type BitField, placeBits, readBits } from './bits.ts'

/** Fields of `AccountControl`, see docs/WIRE-FORMAT.md. */
const FIELDS = {
  guardian: [0n, 160n],
  epoch: [160n, 32n],
  validator: [192n, 1n],
  executor: [193n, 1n],
  paused: [194n, 1n],
  ceilings: [195n, 1n],
  ceilingCount: [196n, 32n],
} as const satisfies Record<string, BitField>

/** What one account has decided about all its session keys. */
export type AccountControl = {
  /** May pause and revoke, nothing else; `undefined`: nobody. */
  guardian: Address | undefined
  /** Only keys of this epoch live. */
  epoch: bigint
  isValidator: boolean
  isExecutor: boolean
  paused: boolean
  /** There are caps over all keys. */
  hasCeilings: boolean
  /** How many; 0 exactly where there are none. */
  ceilingCount?: bigint
}

export function encodeControl(control: AccountControl): bigint {
  const bit = (value: boolean) => (value ? 1n : 0n)
  return (
    placeBits(control.guardian ? BigInt(control.guardian) : 0n, FIELDS.guardian) |
    placeBits(control.epoch, FIELDS.epoch) |
    placeBits(bit(control.isValidator), FIELDS.validator) |
    placeBits(bit(control.isExecutor), FIELDS.executor) |
    placeBits(bit(control.paused), FIELDS.paused) |
    placeBits(bit(control.hasCeilings), FIELDS.ceilings) |
    placeBits(control.ceilingCount ?? 0n, FIELDS.ceilingCount)
  )
}

export function decodeControl(word: bigint): AccountControl {
  const guardian = readBits(word, FIELDS.guardian)
  return {
    guardian: guardian === 0n ? undefined : getAddress(pad(toHex(guardian), { size: 20 })),
    epoch: readBits(word, FIELDS.epoch),
    isValidator: readBits(word, FIELDS.validator) === 1n,
    isExecutor: readBits(word, FIELDS.executor) === 1n,
    paused: readBits(word, FIELDS.paused) === 1n,
    hasCeilings: readBits(word, FIELDS.ceilings) === 1n,
    ...(readBits(word, FIELDS.ceilingCount) > 0n && { ceilingCount: readBits(word, FIELDS.ceilingCount) }),
  }
}
