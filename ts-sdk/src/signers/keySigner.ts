import { type Address, type Hex, size, slice } from 'viem'
import { VERIFIERS } from './verifiers.ts'

/** A key of any kind, and how it signs. */
export type KeySigner = {
  readonly type: 'eoa' | 'p256' | 'webAuthn' | 'multisig' | 'contract'
  /** ERC-7913: an address (20 bytes), or `verifier (20) · key`. */
  readonly signer: Hex
  /** Verifiers that must be on the chain, those of a multisig's members included. */
  readonly verifiers: readonly Address[]
  /** One of them needs the P-256 precompile. */
  readonly needsPrecompile: boolean
  /** The ERC-1271 contracts whose word is taken: operations with one are not for bundlers. */
  readonly contracts: readonly Address[]
  /** As long as a signature may be, right in form, and that of nobody: for estimates of gas. */
  readonly stubSignature: Hex
  /** Signs the hash as it is. */
  readonly sign: (parameters: { readonly hash: Hex }) => Promise<Hex>
}

/** The verifier that `signer` names; `undefined` for an address. */
export function verifierOf(signer: Hex): Address | undefined {
  return size(signer) > 20 ? slice(signer, 0, 20) : undefined
}

const same = (a: Hex, b: Hex): boolean => a.toLowerCase() === b.toLowerCase()

/** Whether a verifier asks the P-256 precompile. */
export function needsPrecompile(verifier: Hex): boolean {
  return [VERIFIERS.p256.precompile, VERIFIERS.webAuthn.precompile].some((it) => same(it, verifier))
}

/** The ERC-1271 contract that `signer` is, if it is one. */
export function contractOf(signer: Hex): Address | undefined {
  const verifier = verifierOf(signer)
  return verifier && same(verifier, VERIFIERS.erc1271) ? slice(signer, 20, 40) : undefined
}
