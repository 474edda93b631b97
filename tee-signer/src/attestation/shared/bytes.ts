import type { Hex } from 'viem'
import { AttestationError, refuse } from '../errors.ts'

/** Lower-case hex with 0x. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`
}

/** Bytes of hex with or without 0x, upper or lower case. */
export function fromHex(hex: string, what: string): Uint8Array {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) refuse('MALFORMED', `${what} is not hex.`)
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** Public data only: the time it takes depends on the content. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** Whether `value` is one of `allowed`, in any case of letters. */
export function includesHex(allowed: readonly string[], value: Uint8Array): boolean {
  const wanted = toHex(value)
  return allowed.some((it) => (it.startsWith('0x') ? it : `0x${it}`).toLowerCase() === wanted)
}

/** `a & mask === b & mask`, for values of one length. */
export function equalUnderMask(a: Uint8Array, b: Uint8Array, mask: Uint8Array): boolean {
  if (a.length !== b.length || a.length !== mask.length) return false
  return mask.every((bits, index) => ((a[index] ?? 0) & bits) === ((b[index] ?? 0) & bits))
}

/** Reads little-endian structures from front to back. Reading past the end is refused, never zero. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #offset = 0

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  get offset(): number {
    return this.#offset
  }

  bytes(length: number): Uint8Array {
    const end = this.#offset + length
    if (end > this.#bytes.length) refuse('MALFORMED', `${this.#what} is cut off.`, `${end} bytes expected, ${this.#bytes.length} given`)
    const slice = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return slice
  }

  u8(): number {
    return this.#unsigned(1)
  }

  u16(): number {
    return this.#unsigned(2)
  }

  u32(): number {
    return this.#unsigned(4)
  }

  u64(): bigint {
    return Buffer.from(this.bytes(8)).readBigUInt64LE()
  }

  end(): void {
    const left = this.#bytes.length - this.#offset
    if (left !== 0) refuse('MALFORMED', `${left} bytes follow ${this.#what}.`)
  }

  #unsigned(length: number): number {
    return this.bytes(length).reduceRight((sum, byte) => sum * 256 + byte, 0)
  }
}

/** Runs a parser of a library; whatever it throws becomes a typed refusal. */
export function parsing<T>(what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof AttestationError) throw cause
    throw new AttestationError('MALFORMED', `${what} could not be read.`, { cause })
  }
}
