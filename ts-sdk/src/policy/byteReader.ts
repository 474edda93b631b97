import { type Address, type Hex, getAddress, hexToBytes, bytesToHex, bytesToBigInt } from 'viem'
import { MalformedBytesError } from '../errors/policy.ts'

/** Reads packed bytes from front to back. Reading past the end is an error, never zero. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #offset = 0

  constructor(bytes: Hex, what: string) {
    this.#bytes = hexToBytes(bytes)
    this.#what = what
  }

  get offset(): number {
    return this.#offset
  }

  get left(): number {
    return this.#bytes.length - this.#offset
  }

  bytes(length: number): Hex {
    if (this.left < length) this.fail(`${length} bytes expected, ${this.left} left`)
    const slice = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return bytesToHex(slice)
  }

  integer(length: number): bigint {
    const hex = this.bytes(length)
    return bytesToBigInt(hexToBytes(hex))
  }

  /** An integer of at most six bytes. */
  number(length: number): number {
    return Number(this.integer(length))
  }

  address(): Address {
    return getAddress(this.bytes(20))
  }

  end(): void {
    if (this.left !== 0) this.fail(`${this.left} bytes follow`)
  }

  fail(reason: string): never {
    throw new MalformedBytesError(this.#what, this.#offset, reason)
  }
}
