import { readFileSync } from 'node:fs'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { askEnclave, nitroOnly, ownerIn } from '../../../docs/attestation.ts'
import { type AttestationPolicy, type OwnerBinding, ownerBindingDigest } from '../../src/attestation/index.ts'
import { PCRS, nitroFixture } from './pki/nitro.ts'
import { NOW } from './pki/time.ts'
import './expectations.ts'

const page = readFileSync('docs/ATTESTATION.md', 'utf8')
const source = readFileSync('docs/attestation.ts', 'utf8')
const clock = (): number => NOW
const HASH = `0x${'01'.repeat(32)}` as const
const [image, kernel, application] = [0, 1, 2].map((index) => PCRS.get(index)?.toString('hex') ?? '') as [string, string, string]

/** A Nitro enclave of the test PKI that answers any challenge. */
function openEnclave() {
  const account = privateKeyToAccount(generatePrivateKey())
  const trust: { roots: readonly string[] } = { roots: [] }
  const attest = async ({ challenge }: { challenge: `0x${string}` }) => {
    const binding: OwnerBinding = { platform: 'nitro', owner: account.address, publicKey: account.publicKey, transportKeyHash: HASH, policyHash: HASH, auditHead: HASH, challenge }
    const digest = ownerBindingDigest(binding)
    const { evidence, policy } = nitroFixture({ userData: Buffer.from(digest.slice(2), 'hex'), nonce: Buffer.from(challenge.slice(2), 'hex') })
    trust.roots = policy.roots ?? []
    return { evidence, binding, signature: await account.sign({ hash: digest }) }
  }
  // The root is known once the enclave has answered; AWS's own would be there from the start.
  const policyOf = (policy: AttestationPolicy): AttestationPolicy => ({
    nitro: {
      pcrs: policy.nitro?.pcrs ?? 'unpinned',
      get roots() {
        return trust.roots
      },
    },
  })
  return { account, enclave: { attest, signUserOperation: async () => '0x' as const }, policyOf }
}

describe('ATTESTATION.md', () => {
  it.each(['policy', 'ask', 'owner'])('shows the example "%s" as it is run here', (name) => {
    const lines = source.split('\n')
    const [from, to] = ['begin', 'end'].map((word) => lines.findIndex((line) => line.trim() === `// ${word} ${name}`)) as [number, number]
    const example = lines.slice(from + 1, to).map((line) => line.slice(2))
    expect(from).toBeGreaterThan(0)
    expect(page).toContain(example.join('\n'))
  })

  it('asks an enclave, and believes it only with the pinned measurements', async () => {
    const { enclave, policyOf } = openEnclave()
    expect(await askEnclave(enclave, policyOf(nitroOnly([image, kernel, application])), clock)).toMatchObject({ platform: 'nitro', pinned: true })
    await expect(() => askEnclave(enclave, policyOf(nitroOnly([image, kernel, image])), clock)).toBeRefused('MEASUREMENT')
  })

  it('makes an enclave an owner', async () => {
    const { account, enclave, policyOf } = openEnclave()
    const owner = ownerIn(enclave, policyOf(nitroOnly([image, kernel, application])), { address: account.address, policyHash: HASH, clock })
    expect(await owner.attestation()).toMatchObject({ platform: 'nitro', pinned: true })
  })
})
