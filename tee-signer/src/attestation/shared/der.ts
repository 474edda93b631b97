/**
 * A reader for DER that accepts one encoding of a value and no other: single-byte tags, definite lengths in the fewest
 * bytes, nothing behind the end. Libraries for ASN.1 read BER, in which the same certificate has many spellings.
 */
import { refuse } from '../errors.ts'

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Context-specific and constructed, such as `[0] EXPLICIT`. */
export const context = (number: number): number => 0xa0 | number

/** One value: `raw` is tag, length and content; `content` is the content alone. */
export type Der = { readonly tag: number; readonly raw: Uint8Array; readonly content: Uint8Array }

/** Exactly one value, of that tag if one is given. */
export function readDer(bytes: Uint8Array, tag?: number): Der {
  const node = readAt(bytes, 0)
  if (node.raw.length !== bytes.length) refuse('MALFORMED', `${bytes.length - node.raw.length} bytes follow a DER value.`)
  if (tag !== undefined) expectTag(node, tag)
  return node
}

/** The values inside a constructed one. */
export function children(node: Der, tag?: number): Der[] {
  if (tag !== undefined) expectTag(node, tag)
  if ((node.tag & 0x20) === 0) refuse('MALFORMED', `DER value with tag ${node.tag} has no parts.`)
  const found: Der[] = []
  for (let offset = 0; offset < node.content.length; ) {
    const child = readAt(node.content, offset)
    found.push(child)
    offset += child.raw.length
  }
  return found
}

/** Takes the parts of a SEQUENCE in order, optional ones by their tag. */
export class Parts {
  readonly #parts: readonly Der[]
  #next = 0

  constructor(node: Der, tag: number = TAG.sequence) {
    this.#parts = children(node, tag)
  }

  take(tag?: number): Der {
    const part = this.#parts[this.#next++]
    if (!part) refuse('MALFORMED', 'A DER sequence is too short.')
    if (tag !== undefined) expectTag(part, tag)
    return part
  }

  optional(tag: number): Der | undefined {
    return this.#parts[this.#next]?.tag === tag ? this.#parts[this.#next++] : undefined
  }

  end(): void {
    if (this.#next !== this.#parts.length) refuse('MALFORMED', 'A DER sequence is too long.')
  }
}

/** Dotted notation. */
export function oid(node: Der): string {
  expectTag(node, TAG.oid)
  const arcs: number[] = []
  let value = 0
  for (const [index, byte] of node.content.entries()) {
    if (value === 0 && byte === 0x80) refuse('MALFORMED', 'An object identifier is padded.')
    value = value * 128 + (byte & 0x7f)
    if (value > Number.MAX_SAFE_INTEGER / 128) refuse('MALFORMED', 'An object identifier is too large.')
    if ((byte & 0x80) === 0) {
      arcs.push(value)
      value = 0
    } else if (index === node.content.length - 1) refuse('MALFORMED', 'An object identifier is cut off.')
  }
  const [first = 0, ...rest] = arcs
  if (arcs.length === 0) refuse('MALFORMED', 'An object identifier is empty.')
  const root = Math.min(Math.trunc(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

/** A non-negative INTEGER or ENUMERATED below 2^31. */
export function smallInteger(node: Der, tag: number = TAG.integer): number {
  const bytes = integerBytes(node, tag)
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) refuse('MALFORMED', 'A DER integer is out of range.')
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** Two's complement, in the fewest bytes. */
export function integerBytes(node: Der, tag: number = TAG.integer): Uint8Array {
  expectTag(node, tag)
  const [first, second] = node.content
  if (first === undefined) refuse('MALFORMED', 'A DER integer is empty.')
  const padded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (padded) refuse('MALFORMED', 'A DER integer is padded.')
  return node.content
}

export function boolean(node: Der): boolean {
  expectTag(node, TAG.boolean)
  const [byte] = node.content
  if (node.content.length !== 1 || (byte !== 0 && byte !== 0xff)) refuse('MALFORMED', 'A DER boolean is neither true nor false.')
  return byte === 0xff
}

/** A BIT STRING of whole bytes. */
export function bitStringBytes(node: Der): Uint8Array {
  expectTag(node, TAG.bitString)
  if (node.content[0] !== 0) refuse('MALFORMED', 'A DER bit string does not end on a byte.')
  return node.content.subarray(1)
}

/** UTCTime or GeneralizedTime, both in whole seconds and in UTC, as RFC 5280 has them. */
export function time(node: Der): number {
  const text = Buffer.from(node.content).toString('latin1')
  const pattern = node.tag === TAG.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  const match = node.tag === TAG.utcTime || node.tag === TAG.generalizedTime ? pattern.exec(text) : null
  if (!match) refuse('MALFORMED', 'A DER time is not one.', text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const fullYear = node.tag === TAG.utcTime ? year + (year < 50 ? 2000 : 1900) : year
  const date = new Date(Date.UTC(fullYear, month - 1, day, hour, minute, second))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    refuse('MALFORMED', 'A DER time is not one.', text)
  return date.getTime() / 1000
}

function expectTag(node: Der, tag: number): void {
  if (node.tag !== tag) refuse('MALFORMED', `DER tag ${node.tag} stands where ${tag} belongs.`)
}

function readAt(bytes: Uint8Array, offset: number): Der {
  const tag = bytes[offset]
  const first = bytes[offset + 1]
  if (tag === undefined || first === undefined) refuse('MALFORMED', 'A DER value is cut off.')
  if ((tag & 0x1f) === 0x1f) refuse('MALFORMED', 'A DER tag is longer than a byte.')
  let start = offset + 2
  let length = first
  if (first >= 0x80) {
    const size = first & 0x7f
    if (size === 0 || size > 3) refuse('MALFORMED', 'A DER length is indefinite or too large.')
    length = bytes.subarray(start, start + size).reduce((sum, byte) => sum * 256 + byte, 0)
    start += size
    if (length < 0x80 || length < 256 ** (size - 1)) refuse('MALFORMED', 'A DER length is padded.')
  }
  const end = start + length
  if (end > bytes.length) refuse('MALFORMED', 'A DER value is cut off.')
  return { tag, raw: bytes.subarray(offset, end), content: bytes.subarray(start, end) }
}
