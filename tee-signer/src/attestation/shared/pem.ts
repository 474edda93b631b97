import { refuse } from '../errors.ts'

const BEGIN = '-----BEGIN CERTIFICATE-----\n'
const END = '-----END CERTIFICATE-----\n'

/** PEM as RFC 7468 has parsers of old files read it: any line length, CR LF, no newline at the end. */
export function readPem(text: string): Uint8Array[] {
  const blocks = text.replaceAll('\r\n', '\n').matchAll(/-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+?)\n?-----END CERTIFICATE-----\n?/g)
  const found = [...blocks]
  const covered = found.reduce((sum, block) => sum + block[0].length, 0)
  if (found.length === 0 || covered !== text.replaceAll('\r\n', '\n').length) refuse('MALFORMED', 'A certificate chain is not PEM.')
  return found.map((block) => fromBase64((block[1] ?? '').replaceAll('\n', '')))
}

/** PEM as RFC 7468 has writers write it, and nothing else: a chain of certificates has one such spelling. */
export function readStrictPem(text: string): Uint8Array[] {
  const certificates = readPem(text)
  if (writePem(certificates) !== text) refuse('MALFORMED', 'A certificate chain is PEM of an unusual spelling.')
  return certificates
}

export function writePem(certificates: readonly Uint8Array[]): string {
  return certificates.map((it) => `${BEGIN}${(Buffer.from(it).toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n${END}`).join('')
}

/** Base64 with its padding, in the one spelling that its bytes have. */
export function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) refuse('MALFORMED', 'Base64 is not written as it should be.')
  return Uint8Array.from(bytes)
}
