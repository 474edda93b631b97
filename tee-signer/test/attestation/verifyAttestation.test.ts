import { type Hex, sha256 } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import {
  type AttestationPolicy,
  CHALLENGE_LIFETIME,
  Challenges,
  type Evidence,
  type OwnerBinding,
  type Platform,
  type SignedOwnerBinding,
  ownerBindingDigest,
  verifyArchivedAttestation,
  verifyAttestation,
} from '../../src/attestation/index.ts'
import './expectations.ts'
import { tokenFixture } from './pki/confidentialSpace.ts'
import { nitroFixture } from './pki/nitro.ts'
import { snpFixture } from './pki/sevSnp.ts'
import { simulatedFixture } from './pki/simulated.ts'
import { tdxFixture } from './pki/tdx.ts'
import { NOW } from './pki/time.ts'

const CHALLENGE: Hex = `0x${'c4'.repeat(32)}`
const OTHER: Hex = `0x${'c5'.repeat(32)}`
const PLATFORMS = ['nitro', 'tdx', 'confidential-space', 'sev-snp', 'simulated'] as const
const clock = (): number => NOW
const bytes = (hex: Hex, length?: number): Buffer => Buffer.concat([Buffer.from(hex.slice(2), 'hex'), Buffer.alloc(Math.max(0, (length ?? 0) - (hex.length - 2) / 2))])

/** Evidence of any platform that binds `bound` and, where it has a place for one, `nonce`. */
async function made(platform: Platform, bound: Hex, nonce: Hex = bound, madeAt = NOW): Promise<{ evidence: Evidence; policy: AttestationPolicy }> {
  switch (platform) {
    case 'nitro': {
      const { evidence, policy } = nitroFixture({ userData: bytes(bound), nonce: bytes(nonce), timestamp: madeAt * 1000, leaf: { window: { from: madeAt - 1000, until: NOW + 1000 } } })
      return { evidence, policy: { nitro: policy } }
    }
    case 'tdx': {
      const { evidence, policy } = tdxFixture({ reportData: bytes(bound, 64) })
      return { evidence, policy: { tdx: policy } }
    }
    case 'confidential-space': {
      const { evidence, policy } = await tokenFixture({ claims: { eat_nonce: [bound.slice(2), 'another one'], iat: madeAt, nbf: madeAt } })
      return { evidence, policy: { confidentialSpace: policy } }
    }
    case 'sev-snp': {
      const { evidence, policy } = snpFixture({ reportData: bytes(bound, 64) })
      return { evidence, policy: { sevSnp: policy } }
    }
    case 'simulated': {
      const { evidence, policy } = simulatedFixture({ reportData: bound, at: new Date(madeAt * 1000).toISOString() })
      return { evidence, policy: { simulated: policy } }
    }
  }
}

const account = privateKeyToAccount(generatePrivateKey())
const bindingOf = (platform: Platform, changes: Partial<OwnerBinding> = {}): OwnerBinding => ({
  platform,
  owner: account.address,
  publicKey: account.publicKey,
  transportKeyHash: `0x${'01'.repeat(32)}`,
  policyHash: `0x${'02'.repeat(32)}`,
  auditHead: `0x${'03'.repeat(32)}`,
  challenge: CHALLENGE,
  ...changes,
})
const sign = async (binding: OwnerBinding, signer = account): Promise<SignedOwnerBinding> => ({
  binding,
  signature: await signer.sign({ hash: ownerBindingDigest(binding) }),
})

describe.each(PLATFORMS)('verifyAttestation for %s', (platform) => {
  it('takes evidence that was made for the challenge, and refuses it for another', async () => {
    const { evidence, policy } = await made(platform, CHALLENGE)
    expect((await verifyAttestation(evidence, { policy, challenge: CHALLENGE, clock })).platform).toBe(platform)
    await expect(() => verifyAttestation(evidence, { policy, challenge: OTHER, clock })).toBeRefused('CHALLENGE')
  })

  it('takes evidence that binds the owner, and refuses it for another owner, policy or challenge', async () => {
    const { evidence, policy } = await made(platform, ownerBindingDigest(bindingOf(platform)), CHALLENGE)
    const owner = await sign(bindingOf(platform))
    expect((await verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner, clock })).platform).toBe(platform)
    for (const change of [{ policyHash: OTHER }, { auditHead: OTHER }, { transportKeyHash: OTHER }]) {
      const changed = await sign(bindingOf(platform, change))
      await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner: changed, clock })).toBeRefused('CHALLENGE')
    }
    const replayed = await sign(bindingOf(platform, { challenge: OTHER }))
    await expect(() => verifyAttestation(evidence, { policy, challenge: OTHER, owner: replayed, clock })).toBeRefused('CHALLENGE')
  })

  it('refuses an owner whose key has not signed', async () => {
    const { evidence, policy } = await made(platform, ownerBindingDigest(bindingOf(platform)), CHALLENGE)
    const stranger = privateKeyToAccount(generatePrivateKey())
    const owner = await sign(bindingOf(platform), stranger)
    await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner, clock })).toBeRefused('SIGNATURE')
    await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner: { ...owner, signature: '0x00' }, clock })).toBeRefused('SIGNATURE')
  })

  it('refuses an address that is not the public key\'s', async () => {
    const stranger = privateKeyToAccount(generatePrivateKey())
    const binding = bindingOf(platform, { owner: stranger.address })
    const { evidence, policy } = await made(platform, ownerBindingDigest(binding), CHALLENGE)
    const signed = await sign(binding, stranger)
    await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner: signed, clock })).toBeRefused('CHALLENGE')
  })

  it('is refused where the policy does not name the platform', async () => {
    const { evidence } = await made(platform, CHALLENGE)
    const code = platform === 'simulated' ? 'SIMULATED' : 'NO_POLICY'
    await expect(() => verifyAttestation(evidence, { policy: {}, challenge: CHALLENGE, clock })).toBeRefused(code)
    await expect(() => verifyArchivedAttestation(evidence, { policy: {}, at: NOW })).toBeRefused(code)
  })
})

describe('verifyAttestation', () => {
  it.each(['nitro', 'confidential-space', 'simulated'] as const)('takes evidence of %s for five minutes', async (platform) => {
    const young = await made(platform, CHALLENGE, CHALLENGE, NOW - 300)
    expect((await verifyAttestation(young.evidence, { policy: young.policy, challenge: CHALLENGE, clock })).platform).toBe(platform)
    const old = await made(platform, CHALLENGE, CHALLENGE, NOW - 301)
    await expect(() => verifyAttestation(old.evidence, { policy: old.policy, challenge: CHALLENGE, clock })).toBeRefused('EXPIRED')
  })

  it('asks the time itself unless told', async () => {
    const { evidence, policy } = await made('nitro', CHALLENGE)
    await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE })).toBeRefused('EXPIRED')
  })

  it('wants a challenge of 16 bytes at least', async () => {
    const { evidence, policy } = await made('tdx', CHALLENGE)
    await expect(() => verifyAttestation(evidence, { policy, challenge: `0x${'c4'.repeat(15)}`, clock })).toBeRefused('CHALLENGE', 'guessed')
  })

  it('wants the nonce of a Nitro document to be the challenge even where the owner is bound', async () => {
    const platform = 'nitro'
    const { evidence, policy } = await made(platform, ownerBindingDigest(bindingOf(platform)), OTHER)
    const owner = await sign(bindingOf(platform))
    await expect(() => verifyAttestation(evidence, { policy, challenge: CHALLENGE, owner, clock })).toBeRefused('CHALLENGE')
  })

  it('refuses platforms that it does not know', async () => {
    await expect(() => verifyAttestation({ platform: 'sgx' } as unknown as Evidence, { policy: {}, challenge: CHALLENGE, clock })).toBeRefused('NOT_SUPPORTED')
  })

  it('takes a simulator only when told, and only that one', async () => {
    const { evidence, policy } = await made('simulated', CHALLENGE)
    const { policy: others } = await made('simulated', CHALLENGE)
    await expect(() => verifyAttestation(evidence, { policy: others, challenge: CHALLENGE, clock })).toBeRefused('CHAIN')
    const untold = { simulated: { ...policy.simulated, acceptSimulated: false } } as unknown as AttestationPolicy
    await expect(() => verifyAttestation(evidence, { policy: untold, challenge: CHALLENGE, clock })).toBeRefused('SIMULATED')
    const pinned = { simulated: { ...policy.simulated, measurements: ['00'.repeat(32)] } } as AttestationPolicy
    await expect(() => verifyAttestation(evidence, { policy: pinned, challenge: CHALLENGE, clock })).toBeRefused('MEASUREMENT')
  })
})

describe('verifyArchivedAttestation', () => {
  it('gives the verdict of its time, whatever the time is now', async () => {
    const { evidence, policy } = await made('nitro', CHALLENGE)
    expect((await verifyArchivedAttestation(evidence, { policy, at: NOW })).checkedAt).toBe(NOW)
    await expect(() => verifyArchivedAttestation(evidence, { policy, at: Number.NaN })).toBeRefused('MALFORMED')
  })
})

describe('ownerBindingDigest', () => {
  it('differs in every part', () => {
    const changes: Partial<OwnerBinding>[] = [{}, { platform: 'sev-snp' }, { challenge: OTHER }, { transportKeyHash: OTHER }, { policyHash: OTHER }, { auditHead: OTHER }]
    const digests = changes.map((change) => ownerBindingDigest(bindingOf('tdx', change)))
    expect(new Set(digests).size).toBe(changes.length)
  })

  it('is the hash of its parts, each behind its length', () => {
    const binding = bindingOf('tdx')
    const { owner, publicKey, transportKeyHash, policyHash, auditHead, challenge } = binding
    const text = (words: string): string => Buffer.from(words).toString('hex')
    const lengths = ['001b', '0003', '0014', '0041', '0020', '0020', '0020', '0020']
    const parts = [text('valet-keys/owner-binding/v1'), text('tdx'), ...[owner, publicKey, transportKeyHash, policyHash, auditHead, challenge].map((part) => part.slice(2))]
    expect(ownerBindingDigest(binding)).toBe(sha256(`0x${parts.map((part, index) => `${lengths[index] ?? ''}${part}`).join('')}`))
  })

  it.each(['owner', 'publicKey', 'transportKeyHash', 'policyHash', 'auditHead', 'challenge'] as const)('refuses a %s of another length', async (name) => {
    await expect(() => ownerBindingDigest(bindingOf('tdx', { [name]: `${bindingOf('tdx')[name]}00` }))).toBeRefused('MALFORMED')
  })
})

describe('Challenges', () => {
  it('answers once', async () => {
    const challenges = new Challenges(clock)
    const challenge = challenges.issue()
    challenges.redeem(challenge)
    await expect(() => challenges.redeem(challenge)).toBeRefused('CHALLENGE')
    await expect(() => challenges.redeem(OTHER)).toBeRefused('CHALLENGE')
  })

  it('answers until five minutes have passed', async () => {
    let now = NOW
    const challenges = new Challenges(() => now)
    const [first, second] = [challenges.issue(), challenges.issue()]
    now += CHALLENGE_LIFETIME
    challenges.redeem(first)
    now += 1
    await expect(() => challenges.redeem(second)).toBeRefused('CHALLENGE')
  })
  it('keeps ten thousand open, and forgets those that have run out', async () => {
    let now = NOW
    const challenges = new Challenges(() => now)
    for (let open = 0; open < 10_000; open++) challenges.issue()
    await expect(() => challenges.issue()).toBeRefused('CHALLENGE', 'Too many')
    now += CHALLENGE_LIFETIME + 1
    challenges.redeem(challenges.issue())
  })
})
