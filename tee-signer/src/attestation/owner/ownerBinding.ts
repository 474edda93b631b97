import { createHash } from 'node:crypto'
import { type Address, type Hex, concat, isAddressEqual, numberToHex, recoverAddress, size, stringToHex } from 'viem'
import { publicKeyToAddress } from 'viem/utils'
import { AttestationError, refuse } from '../errors.ts'
import { fromHex, toHex } from '../shared/bytes.ts'
import type { Platform, Verdict } from '../verdict.ts'

/** The owner key of an enclave and what it is bound to, as the enclave states it. */
export type OwnerStatement = {
  readonly address: Address
  /** secp256k1, uncompressed: 0x04 and 64 bytes. */
  readonly publicKey: Hex
  /** SHA-256 of the key that ends the connection to the enclave (SubjectPublicKeyInfo), or zero bytes without one. */
  readonly transportKeyHash: Hex
  /** SHA-256 of the rules by which the enclave signs. */
  readonly policyHash: Hex
  /** Hash of the last record of the enclave's audit log. */
  readonly auditHead: Hex
}

/** A statement with the owner key's signature (65 bytes) over its binding: who attests the key also holds it. */
export type SignedOwnerStatement = OwnerStatement & { readonly signature: Hex }

const DOMAIN = 'valet-keys/owner-binding/v1'

/**
 * What the hardware attests: the SHA-256 of domain, platform (its length first), address, public key, the three hashes
 * and the challenge. All parts but the platform have one length, so no two statements share a binding.
 */
export function ownerBinding(parameters: { platform: Platform; owner: OwnerStatement; challenge: Hex }): Hex {
  const { platform, owner, challenge } = parameters
  const parts = concat([
    stringToHex(DOMAIN),
    numberToHex(platform.length, { size: 1 }),
    stringToHex(platform),
    fixed(owner.address, 20, 'address'),
    fixed(owner.publicKey, 65, 'public key'),
    fixed(owner.transportKeyHash, 32, 'transport key hash'),
    fixed(owner.policyHash, 32, 'policy hash'),
    fixed(owner.auditHead, 32, 'audit head'),
    fixed(challenge, 32, 'challenge'),
  ])
  return toHex(createHash('sha256').update(fromHex(parts, 'The binding')).digest())
}

/** Refuses a verdict that is not bound to `owner` and `challenge`, or whose owner key did not sign the binding. */
export async function checkOwnerBinding(verdict: Verdict, parameters: { owner: SignedOwnerStatement; challenge: Hex }): Promise<void> {
  const { owner, challenge } = parameters
  const binding = ownerBinding({ platform: verdict.platform, owner, challenge })
  if (!isBoundTo(verdict, binding)) refuse('CHALLENGE', 'The evidence is not bound to this owner and challenge.')
  if ('nonce' in verdict && verdict.nonce?.toLowerCase() !== challenge.toLowerCase()) refuse('CHALLENGE', 'The evidence was made for another challenge.')
  const [address, signer] = await addresses(owner, binding)
  if (!isAddressEqual(address, owner.address)) refuse('CHALLENGE', "The owner's address is not that of its public key.")
  if (!isAddressEqual(signer, owner.address)) refuse('SIGNATURE', 'The owner key has not signed the binding.')
}

/** Whether the enclave had these bytes attested. */
export function isBoundTo(verdict: Verdict, bytes: Hex): boolean {
  const wanted = bytes.toLowerCase()
  switch (verdict.platform) {
    case 'tdx':
    case 'sev-snp':
      return verdict.boundData === wanted.padEnd(2 + 2 * 64, '0') && size(bytes) <= 64
    case 'confidential-space':
      return verdict.nonces.includes(wanted.slice(2))
    case 'nitro':
    case 'simulated':
      return verdict.boundData === wanted
  }
}

async function addresses(owner: SignedOwnerStatement, binding: Hex): Promise<[Address, Address]> {
  try {
    if (size(owner.signature) !== 65) refuse('SIGNATURE', "The owner's signature is not 65 bytes.")
    return [publicKeyToAddress(owner.publicKey), await recoverAddress({ hash: binding, signature: owner.signature })]
  } catch (cause) {
    if (cause instanceof AttestationError) throw cause
    throw new AttestationError('SIGNATURE', 'The owner key has not signed the binding.', { cause })
  }
}

function fixed(value: Hex, length: number, what: string): Hex {
  if (fromHex(value, `The owner's ${what}`).length !== length) refuse('MALFORMED', `The owner's ${what} is not ${length} bytes.`)
  return value
}
