import { type Hex, concat, isHex, size, slice, toHex } from 'viem'
import { HighSError, InvalidSignerError } from '../errors/signers.ts'
import type { KeySigner } from './keySigner.ts'
import { type P256Support, VERIFIERS } from './verifiers.ts'

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const POINT_LENGTH = 64
const UNCOMPRESSED = '0x04'

/** A signature on P-256. */
export type P256Signature = { readonly r: bigint; readonly s: bigint }

/** Right in form, that of nobody, and with bits enough that computing it in Solidity costs what a real one costs. */
const STUB: P256Signature = {
  r: 0x7aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaan,
  s: 0x6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db6db7n,
}
export const STUB_P256_SIGNATURE: Hex = concat([toHex(STUB.r, { size: 32 }), toHex(STUB.s, { size: 32 })])

/** The twin with s in the lower half: the one that verifiers take. */
export function toLowS({ r, s }: P256Signature): P256Signature {
  return { r, s: s > ORDER / 2n ? ORDER - s : s }
}

/** `r (32) · s (32)`. @throws HighSError */
export function encodeP256Signature({ r, s }: P256Signature): Hex {
  if (s > ORDER / 2n) throw new HighSError(s)
  return concat([toHex(r, { size: 32 }), toHex(s, { size: 32 })])
}

/** r and s of `r (32) · s (32)`, whatever follows. @throws InvalidSignerError */
export function parseP256Signature(signature: Hex): P256Signature {
  if (!isHex(signature) || size(signature) < POINT_LENGTH) throw new InvalidSignerError('signature', signature, 'r and s, 32 bytes each')
  return { r: BigInt(slice(signature, 0, 32)), s: BigInt(slice(signature, 32, 64)) }
}

/** `x (32) · y (32)` of a public key, with or without the byte 04 in front. @throws InvalidSignerError */
export function encodeP256PublicKey(publicKey: Hex): Hex {
  const isPrefixed = isHex(publicKey) && size(publicKey) === POINT_LENGTH + 1 && slice(publicKey, 0, 1) === UNCOMPRESSED
  const point = isPrefixed ? slice(publicKey, 1) : publicKey
  if (!isHex(point) || size(point) !== POINT_LENGTH) throw new InvalidSignerError('publicKey', publicKey, 'x and y, 32 bytes each')
  return point
}

/**
 * A plain P-256 key, such as one in a secure element, that signs hashes as they are.
 *
 * @throws InvalidSignerError
 */
export function toP256Signer(parameters: {
  /** x and y, with or without the byte 04 in front. */
  readonly publicKey: Hex
  /** Signs the hash, without hashing it again: `r (32) · s (32)`, or both as numbers. s may be in either half. */
  readonly sign: (parameters: { readonly hash: Hex }) => Promise<Hex | P256Signature>
  readonly p256: P256Support
}): KeySigner {
  const verifier = VERIFIERS.p256[parameters.p256]
  return {
    type: 'p256',
    signer: concat([verifier, encodeP256PublicKey(parameters.publicKey)]),
    verifiers: [verifier],
    needsPrecompile: parameters.p256 === 'precompile',
    contracts: [],
    stubSignature: STUB_P256_SIGNATURE,
    async sign({ hash }) {
      const signature = await parameters.sign({ hash })
      return encodeP256Signature(toLowS(typeof signature === 'string' ? parseP256Signature(signature) : signature))
    },
  }
}
