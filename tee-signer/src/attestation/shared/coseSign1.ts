import { type DecodeOptions, decode, encode } from 'cborg'
import { refuse } from '../errors.ts'
import { equalBytes, parsing } from './bytes.ts'

/** A COSE_Sign1 (RFC 9052): what is signed, over which bytes, by which signature. */
export type CoseSign1 = { readonly payload: Uint8Array; readonly toBeSigned: Uint8Array; readonly signature: Uint8Array }

/** Shortest lengths and no key twice. Indefinite lengths stay: AWS writes its payload's map with one, under the signature. */
const STRICT: DecodeOptions = { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowNaN: false, allowInfinity: false }

/** One CBOR value and nothing behind it. */
export function readCbor(bytes: Uint8Array, what: string): unknown {
  return parsing(what, () => decode(bytes, STRICT) as unknown)
}

/**
 * Reads an untagged COSE_Sign1 whose protected header is exactly `algorithm` (a number of IANA's COSE registry) and
 * whose unprotected header is empty. What stands outside the signature must be spelled in the one canonical way.
 */
export function readCoseSign1(bytes: Uint8Array, algorithm: number, what: string): CoseSign1 {
  const parts = readCbor(bytes, what)
  if (!Array.isArray(parts) || parts.length !== 4) refuse('MALFORMED', `${what} is not a COSE_Sign1.`)
  const [header, , payload, signature] = parts as unknown[]
  if (!(payload instanceof Uint8Array) || !(signature instanceof Uint8Array)) refuse('MALFORMED', `${what} is not a COSE_Sign1.`)
  const expectedHeader = encode(new Map([[1, algorithm]]))
  if (!(header instanceof Uint8Array) || !equalBytes(header, expectedHeader)) refuse('NOT_SUPPORTED', `${what} is signed by an algorithm that is not verified here.`)
  if (!equalBytes(encode([header, new Map(), payload, signature]), bytes)) refuse('MALFORMED', `${what} is not written canonically.`)
  return { payload, signature, toBeSigned: encode(['Signature1', header, new Uint8Array(), payload]) }
}
