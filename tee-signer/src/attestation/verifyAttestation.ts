import { type Hex, size } from 'viem'
import { type ConfidentialSpaceEvidence, type ConfidentialSpacePolicy, verifyConfidentialSpace } from './confidential-space/verifyConfidentialSpace.ts'
import { refuse } from './errors.ts'
import { type NitroEvidence, type NitroPolicy, verifyNitro } from './nitro/verifyNitro.ts'
import { type SignedOwnerBinding, checkOwnerBinding, isBoundTo } from './owner/ownerBinding.ts'
import { type SevSnpEvidence, type SevSnpPolicy, verifySevSnp } from './sev-snp/verifySevSnp.ts'
import { type SimulatedEvidence, type SimulatedPolicy, verifySimulated } from './simulated/verifySimulated.ts'
import type { TdxPolicy } from './tdx/policy.ts'
import { type TdxEvidence, verifyTdx } from './tdx/verifyTdx.ts'
import type { Verdict } from './verdict.ts'

export type Evidence = NitroEvidence | TdxEvidence | ConfidentialSpaceEvidence | SevSnpEvidence | SimulatedEvidence

/** What is accepted, by platform. A platform that is not named is refused. */
export type AttestationPolicy = {
  readonly nitro?: NitroPolicy
  readonly tdx?: TdxPolicy
  readonly confidentialSpace?: ConfidentialSpacePolicy
  readonly sevSnp?: SevSnpPolicy
  readonly simulated?: SimulatedPolicy
}

/** How old dated evidence may be when it answers a challenge, in seconds. */
export const FRESHNESS = 300
const MIN_CHALLENGE = 16

/**
 * Verifies evidence that answers a challenge, now. The evidence must be bound to the challenge: to the owner binding
 * over it if `owner` is given, else to the challenge itself (report data, Nitro's nonce, one of the token's nonces).
 * The challenge must be random, at least 16 bytes (32 with an owner), and used once: see `Challenges`.
 * @throws AttestationError whatever is wrong
 */
export async function verifyAttestation(
  evidence: Evidence,
  parameters: { policy: AttestationPolicy; challenge: Hex; owner?: SignedOwnerBinding; /** Seconds since 1970, for tests. */ clock?: (() => number) | undefined },
): Promise<Verdict> {
  const { policy, challenge, owner, clock = () => Math.floor(Date.now() / 1000) } = parameters
  if (size(challenge) < MIN_CHALLENGE) refuse('CHALLENGE', `A challenge of less than ${MIN_CHALLENGE} bytes can be guessed.`)
  const now = clock()
  const verdict = await verify(evidence, policy, now)
  checkFresh(verdict, now)
  if (owner) await checkOwnerBinding(verdict, owner, challenge)
  else if (!answers(verdict, challenge)) refuse('CHALLENGE', 'The evidence was not made for this challenge.')
  return verdict
}

/**
 * Verifies recorded evidence for the time `at` (seconds since 1970). Says that it was right then: it asks no challenge,
 * so it does not say that anyone can make such evidence now.
 * @throws AttestationError whatever is wrong
 */
export async function verifyArchivedAttestation(evidence: Evidence, parameters: { policy: AttestationPolicy; at: number }): Promise<Verdict> {
  const { policy, at } = parameters
  if (!Number.isFinite(at)) refuse('MALFORMED', 'The time to check for is not one.')
  return verify(evidence, policy, at)
}

async function verify(evidence: Evidence, policy: AttestationPolicy, at: number): Promise<Verdict> {
  switch (evidence.platform) {
    case 'nitro':
      return verifyNitro(evidence, policy.nitro ?? noPolicy(evidence), at)
    case 'tdx':
      return verifyTdx(evidence, policy.tdx ?? noPolicy(evidence), at)
    case 'confidential-space':
      return verifyConfidentialSpace(evidence, policy.confidentialSpace ?? noPolicy(evidence), at)
    case 'sev-snp':
      return verifySevSnp(evidence, policy.sevSnp ?? noPolicy(evidence), at)
    case 'simulated':
      return verifySimulated(evidence, policy.simulated ?? refuse('SIMULATED', "The evidence is a simulator's, which the policy does not accept."), at)
    default:
      return refuse('NOT_SUPPORTED', 'The platform is not one that is verified here.', String((evidence as { platform: unknown }).platform))
  }
}

function noPolicy({ platform }: Evidence): never {
  return refuse('NO_POLICY', `The policy says nothing about ${platform}.`)
}

/** Quotes and reports carry no date; for them the challenge alone says that they are new. */
function checkFresh(verdict: Verdict, now: number): void {
  const made = 'timestamp' in verdict ? verdict.timestamp : 'issuedAt' in verdict ? verdict.issuedAt : undefined
  if (made !== undefined && now - made > FRESHNESS) refuse('EXPIRED', 'The evidence is too old to answer a challenge.', `${now - made} seconds`)
}

function answers(verdict: Verdict, challenge: Hex): boolean {
  return verdict.platform === 'nitro' ? verdict.nonce === challenge.toLowerCase() : isBoundTo(verdict, challenge)
}
