import { createHash } from 'node:crypto'
import { type Address, type Hex, isAddressEqual, recoverAddress, size } from 'viem'
import { publicKeyToAddress } from 'viem/utils'
import { AttestationError, refuse } from '../errors.ts'
import { fromHex, toHex } from '../shared/bytes.ts'
import type { Platform, Verdict } from '../verdict.ts'

/** What ties the owner of an account to a key, to code that runs in a TEE, to its rules and to one challenge. */
export type OwnerBinding = {
  readonly platform: Platform
  readonly owner: Address
  /** secp256k1, uncompressed: 0x04 and 64 bytes. */
  readonly publicKey: Hex
  /** SHA-256 of the key that ends the connection to the enclave, or zero bytes without one. */
  readonly transportKeyHash: Hex
  /** Hash of the rules by which the enclave signs. */
  readonly policyHash: Hex
  /** Hash of the last record of the enclave's audit log. */
  readonly auditHead: Hex
  /** 32 bytes of the verifier's choice, used once. */
  readonly challenge: Hex
}

/** A binding with the owner key's signature (65 bytes) over its digest: who attests the key also holds it. */
export type SignedOwnerBinding = { readonly binding: OwnerBinding; readonly signature: Hex }

const DOMAIN = 'valet-keys/owner-binding/v1'
const LENGTHS = { owner: 20, publicKey: 65, transportKeyHash: 32, policyHash: 32, auditHead: 32, challenge: 32 } as const

/**
 * What the hardware attests: SHA-256 of domain, platform, owner address, public key, transport key hash, policy hash,
 * audit head and challenge, each behind its length in two bytes, so that no two bindings share their bytes.
 */
export function ownerBindingDigest(binding: OwnerBinding): Hex {
  const names = Object.keys(LENGTHS) as (keyof typeof LENGTHS)[]
  const parts = [Buffer.from(DOMAIN), Buffer.from(binding.platform), ...names.map((name) => part(binding, name))]
  const digest = createHash('sha256')
  for (const bytes of parts) digest.update(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff)).update(bytes)
  return toHex(digest.digest())
}

/** Refuses a verdict that is not bound to `signed` and `challenge`, or whose owner key did not sign the binding. */
export async function checkOwnerBinding(verdict: Verdict, { binding, signature }: SignedOwnerBinding, challenge: Hex): Promise<void> {
  const digest = ownerBindingDigest(binding)
  const same = binding.platform === verdict.platform && binding.challenge.toLowerCase() === challenge.toLowerCase()
  if (!same || !isBoundTo(verdict, digest)) refuse('CHALLENGE', 'The evidence is not bound to this owner and challenge.')
  if (verdict.platform === 'nitro' && verdict.nonce !== challenge.toLowerCase()) refuse('CHALLENGE', 'The evidence was made for another challenge.')
  const [address, signer] = await addresses(binding.publicKey, digest, signature)
  if (!isAddressEqual(address, binding.owner)) refuse('CHALLENGE', "The owner's address is not that of its public key.")
  if (!isAddressEqual(signer, binding.owner)) refuse('SIGNATURE', 'The owner key has not signed the binding.')
}

/** Whether the enclave had these bytes attested: report data, user data, or a nonce of a token (in hex, without 0x). */
export function isBoundTo(verdict: Verdict, bytes: Hex): boolean {
  const wanted = bytes.toLowerCase()
  switch (verdict.platform) {
    case 'tdx':
    case 'sev-snp':
      return size(bytes) <= 64 && verdict.boundData === wanted.padEnd(2 + 2 * 64, '0')
    case 'confidential-space':
      return verdict.nonces.includes(wanted.slice(2))
    case 'nitro':
    case 'simulated':
      return verdict.boundData === wanted
  }
}

async function addresses(publicKey: Hex, digest: Hex, signature: Hex): Promise<[Address, Address]> {
  try {
    if (size(signature) !== 65) refuse('SIGNATURE', "The owner's signature is not 65 bytes.")
    return [publicKeyToAddress(publicKey), await recoverAddress({ hash: digest, signature })]
  } catch (cause) {
    if (cause instanceof AttestationError) throw cause
    throw new AttestationError('SIGNATURE', 'The owner key has not signed the binding.', { cause })
  }
}

function part(binding: OwnerBinding, name: keyof typeof LENGTHS): Uint8Array {
  const bytes = fromHex(binding[name], `The binding's ${name}`)
  if (bytes.length !== LENGTHS[name]) refuse('MALFORMED', `The binding's ${name} is not ${LENGTHS[name]} bytes.`)
  return bytes
}
