/** A writer for DER, for certificates that no certificate authority would issue. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts)
export const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes)
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), bytes)
export const truth = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]))
export const nothing = (): Buffer => tlv(0x05)
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text))
export const ia5 = (text: string): Buffer => tlv(0x16, Buffer.from(text))
export const explicit = (number: number, part: Uint8Array): Buffer => tlv(0xa0 | number, part)

/** A non-negative integer. */
export function integer(value: number | bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return (bytes[0] ?? 0) >= 0x80 ? tlv(0x02, Buffer.from([0]), bytes) : tlv(0x02, bytes)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets: number[] = []
    for (let left = arc; left > 0 || septets.length === 0; left = Math.floor(left / 128)) septets.unshift(left % 128)
    return septets.map((septet, index) => (index === septets.length - 1 ? septet : septet | 0x80))
  })
  return tlv(0x06, Buffer.from(arcs))
}

/** GeneralizedTime from 2050 on, as RFC 5280 demands, and UTCTime before. */
export function time(seconds: number): Buffer {
  const text = `${new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return seconds < Date.UTC(2050) / 1000 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text))
}
