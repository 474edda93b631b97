import { readFileSync } from 'node:fs'
import { type Hex, hexToBytes } from 'viem'
import type { P256Signature } from '../../src/signers/index.ts'

/** An answer to `navigator.credentials.get`; the signature is in DER. */
export type Recorded = { readonly authenticatorData: Hex; readonly clientDataJSON: string; readonly signature: Hex }
type Created = { readonly publicKey: Hex; readonly authenticatorData: Hex; readonly clientDataJSON: string }

export type PasskeyRecord = {
  readonly challenge: Hex
  readonly origin: string
  readonly rpId: string
  readonly created: Created
  readonly verified: Recorded
  readonly unverified: Recorded
  /** Of a page within another origin's page. */
  readonly embedded: Recorded & { readonly created: Created }
}

/** What Chromium made of WebAuthn requests: test/vectors/recordPasskey.ts. */
export function passkeyRecord(): PasskeyRecord {
  const file = new URL('../../../test/vectors/passkey.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as PasskeyRecord
}

/** x and y of a public key in SubjectPublicKeyInfo, whose last 64 bytes they are. */
export function pointOf({ publicKey }: Created): Hex {
  return `0x${publicKey.slice(-128)}`
}

/** SEQUENCE { INTEGER r, INTEGER s }, each shorter than 128 bytes. */
export function parseDer(signature: Hex): P256Signature {
  const bytes = hexToBytes(signature)
  const rLength = bytes[3] ?? 0
  const number = (from: number, length: number): bigint => BigInt(`0x${Buffer.from(bytes.slice(from, from + length)).toString('hex')}`)
  return { r: number(4, rLength), s: number(6 + rLength, bytes[5 + rLength] ?? 0) }
}
