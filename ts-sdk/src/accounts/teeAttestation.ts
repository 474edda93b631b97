import { type Address, type Hex, bytesToHex, isAddressEqual } from 'viem'
import { TeeAttestationRefusedError } from '../errors/tee.ts'

/** What an enclave answers to a challenge; `evidence` is its platform's. */
export type TeeAttestation<evidence = unknown> = {
  readonly evidence: evidence
  /** Ties the owner's key to the challenge and to the rules by which the enclave signs. */
  readonly binding: TeeOwnerBinding
  /** The owner key's signature over the binding. */
  readonly signature: Hex
}

/** As `ownerBindingDigest` of `@valet-keys/tee-signer/attestation` hashes it. */
export type TeeOwnerBinding = {
  readonly platform: 'nitro' | 'tdx' | 'confidential-space' | 'sev-snp' | 'simulated'
  readonly owner: Address
  readonly publicKey: Hex
  readonly transportKeyHash: Hex
  readonly policyHash: Hex
  readonly auditHead: Hex
  readonly challenge: Hex
}

/** What of a verdict the account looks at. Times are seconds since 1970. */
export type TeeVerdict = { readonly platform: string; readonly pinned: boolean; readonly debug: boolean; readonly validUntil: number }

/**
 * Verifies live evidence with the caller's measurements: `verifyAttestation` of `@valet-keys/tee-signer/attestation`
 * with a policy. It must hold the evidence to `challenge` and to the owner binding, and throw otherwise.
 */
export type TeeVerifier<evidence = unknown> = (
  evidence: evidence,
  parameters: { challenge: Hex; owner: { binding: TeeOwnerBinding; signature: Hex } },
) => Promise<TeeVerdict>

export type TeeTrust<evidence = unknown> = {
  /** The owner that the enclave must have. */
  readonly address: Address
  readonly attest: (parameters: { challenge: Hex }) => Promise<TeeAttestation<evidence>>
  readonly verify: TeeVerifier<evidence>
  /** Hash of the rules that the enclave must sign by. Default: any. */
  readonly policyHash?: Hex | undefined
  /** Trust a verdict no longer than this, in seconds, though its evidence may live longer. Default: an hour. */
  readonly maxAge?: number | undefined
  /** Accept the local simulator, which protects nothing. Default: false. */
  readonly acceptSimulated?: boolean | undefined
  /** Seconds since 1970. */
  readonly clock?: (() => number) | undefined
}

/** A challenge is answered within five minutes, or not at all. */
const CHALLENGE_LIFETIME = 300
const HOUR = 3_600

/**
 * Asks and verifies an attestation, and remembers the verdict until it expires. Calls at the same time share one.
 * @throws TeeAttestationRefusedError whatever is wrong; nothing is remembered then
 */
export function attestedBy<evidence>(trust: TeeTrust<evidence>): () => Promise<TeeVerdict> {
  const clock = trust.clock ?? (() => Math.floor(Date.now() / 1000))
  let known: { verdict: TeeVerdict; until: number } | undefined
  let asking: Promise<TeeVerdict> | undefined

  const ask = async (): Promise<TeeVerdict> => {
    const asked = clock()
    const verdict = await attestOnce(trust, () => clock() - asked > CHALLENGE_LIFETIME)
    known = { verdict, until: Math.min(verdict.validUntil, asked + (trust.maxAge ?? HOUR)) }
    return verdict
  }
  return () => {
    if (known && clock() <= known.until) return Promise.resolve(known.verdict)
    known = undefined
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

async function attestOnce<evidence>(trust: TeeTrust<evidence>, isLate: () => boolean): Promise<TeeVerdict> {
  const { address, attest, verify, policyHash, acceptSimulated = false } = trust
  const refuse = (reason: string, cause?: unknown): never => {
    throw new TeeAttestationRefusedError(address, reason, cause)
  }
  const challenge = bytesToHex(crypto.getRandomValues(new Uint8Array(32)))
  const { evidence, binding, signature } = await attest({ challenge }).catch((cause: unknown) => refuse('it answered no attestation.', cause))
  if (isLate()) refuse('it took more than five minutes to answer.')
  if (!isAddressEqual(binding.owner, address)) refuse(`it holds the key of ${binding.owner}.`)
  if (binding.challenge.toLowerCase() !== challenge) refuse('it answered another challenge.')
  if (policyHash && binding.policyHash.toLowerCase() !== policyHash.toLowerCase()) refuse(`it signs by other rules, ${binding.policyHash}.`)
  const verdict = await verify(evidence, { challenge, owner: { binding, signature } }).catch((cause: unknown) => refuse('its evidence does not hold.', cause))
  if (verdict.platform !== binding.platform) refuse(`its evidence is of ${verdict.platform}, its binding of ${binding.platform}.`)
  if (verdict.platform === 'simulated' && !acceptSimulated) refuse('it is a simulator.')
  if (!verdict.pinned) refuse('the policy that its evidence was held to pins no measurement.')
  if (verdict.debug) refuse('its host can look into it.')
  return verdict
}
