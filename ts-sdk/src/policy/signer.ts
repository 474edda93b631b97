import { type Address, type Hex, concat, encodePacked, keccak256, size } from 'viem'
import { InvalidSignerError } from '../errors/signers.ts'
import type { KeySigner } from '../signers/keySigner.ts'

/** Kind of an EOA signer: checked by ecrecover, never by ERC-1271. */
const KIND_EOA = '0x01'
/** Kind of a key with a verifier, ERC-7913. */
const KIND_VERIFIER = '0x02'
const ADDRESS_LENGTH = 20
/** verifier 20 · key 234: with the kind in front as long as a length of one byte can say. */
export const MAX_SIGNER_LENGTH = 254

/** Who signs, by name: an address, `verifier (20) · key (1 to 234)` as ERC-7913 has it, or a key that can sign. */
export type SignerLike = Address | Hex | Pick<KeySigner, 'signer' | 'verifiers' | 'needsPrecompile' | 'contracts'>

/** The ERC-7913 bytes of a signer: an address, as it was given, or `verifier · key`, in lower case. @throws InvalidSignerError */
export function signerBytes(key: SignerLike): Hex {
  const bytes = typeof key === 'object' ? key.signer : key
  const length = size(bytes)
  if (length < ADDRESS_LENGTH || length > MAX_SIGNER_LENGTH) {
    throw new InvalidSignerError('key', bytes, 'an address, or a verifier and a key of 1 to 234 bytes')
  }
  return isEoa(bytes) ? bytes : (bytes.toLowerCase() as Hex)
}

/** Whether the signer is an EOA; else a verifier checks what it signs. */
export function isEoa(key: SignerLike): boolean {
  return size(typeof key === 'object' ? key.signer : key) === ADDRESS_LENGTH
}

/** Whether two names are one signer's. */
export function isSameSigner(a: SignerLike, b: SignerLike): boolean {
  return encodeSigner(a) === encodeSigner(b)
}

/** `signer` of docs/WIRE-FORMAT.md: `0x01 · address`, or `0x02 · verifier · key`. @throws InvalidSignerError */
export function encodeSigner(key: SignerLike): Hex {
  const bytes = signerBytes(key)
  return concat([isEoa(bytes) ? KIND_EOA : KIND_VERIFIER, bytes]).toLowerCase() as Hex
}

/** `keyId` of a session key. @throws InvalidSignerError */
export function keyIdOf(key: SignerLike): Hex {
  return keccak256(encodeSigner(key))
}

/** Names a meter word in storage. `serial` is the grant's, so that a new grant starts fresh. */
export function meterIdOf(keyId: Hex, serial: bigint, token: Address, tag: number): Hex {
  return keccak256(encodePacked(['bytes32', 'uint24', 'address', 'uint8'], [keyId, Number(serial), token, tag]))
}
