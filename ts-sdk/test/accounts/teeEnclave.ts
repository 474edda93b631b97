import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Hex, PrivateKeyAccount } from 'viem'
import { getUserOperationHash } from 'viem/account-abstraction'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { type AttestationPolicy, type Evidence, type OwnerBinding, ownerBindingDigest, signSimulatedReport, verifyAttestation } from '../../../tee-signer/src/attestation/index.ts'
import { type AllowedTypedData, type TeeEnclave, type TeeOwnerAccount, type TeeVerdict, toTeeOwnerAccount } from '../../src/index.ts'

export const POLICY_HASH: Hex = `0x${'0b'.repeat(32)}`
const MEASUREMENT: Hex = `0x${'51'.repeat(32)}`
const ZERO: Hex = `0x${'00'.repeat(32)}`

export type Faults = {
  /** What the enclave changes in its binding. */
  binding?: Partial<OwnerBinding>
  /** The key that signs operations instead of the owner's. */
  signer?: PrivateKeyAccount
  measurement?: Hex
  offline?: boolean
}

/** An enclave in the same process: the simulator's evidence, an owner key, and a note of everything it was handed. */
export function openEnclave(clock: () => number, faults: Faults = {}) {
  const owner = privateKeyToAccount(generatePrivateKey())
  const { privateKey } = generateKeyPairSync('ed25519')
  const handed: string[] = []
  const enclave: TeeEnclave<Evidence> = {
    async attest({ challenge }) {
      handed.push('attest')
      if (faults.offline) throw new Error('connection refused')
      const binding = { platform: 'simulated', owner: owner.address, publicKey: owner.publicKey, transportKeyHash: ZERO, policyHash: POLICY_HASH, auditHead: ZERO, challenge, ...faults.binding } as const
      const digest = ownerBindingDigest(binding)
      const report = { platform: 'simulated', warning: 'no TEE', measurement: faults.measurement ?? MEASUREMENT, reportData: digest, at: new Date(clock() * 1000).toISOString() } as const
      return { evidence: { platform: 'simulated', document: signSimulatedReport(report, privateKey) }, binding, signature: await owner.sign({ hash: digest }) }
    },
    async signUserOperation({ chainId, entryPoint, entryPointVersion, userOperation }) {
      handed.push(`operation of ${userOperation.sender}`)
      return (faults.signer ?? owner).sign({ hash: getUserOperationHash({ chainId, entryPointAddress: entryPoint, entryPointVersion, userOperation }) })
    },
    signTypedData: (definition) => {
      handed.push(`typed data ${definition.primaryType}`)
      return (faults.signer ?? owner).signTypedData(definition)
    },
  }
  const root = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('hex')
  const policy: AttestationPolicy = { simulated: { acceptSimulated: true, roots: [root], measurements: [MEASUREMENT] } }
  return { owner, enclave, policy, handed }
}

type Changes = { policyHash?: Hex; maxAge?: number; typedData?: readonly AllowedTypedData[]; acceptSimulated?: boolean; verdict?: Partial<TeeVerdict> }

/** The owner account over such an enclave, by the real verifier. */
export function teeOwner(opened: ReturnType<typeof openEnclave>, clock: () => number, { verdict = {}, ...changes }: Changes = {}): TeeOwnerAccount {
  const { owner, enclave, policy } = opened
  return toTeeOwnerAccount({
    address: owner.address,
    enclave,
    verify: async (evidence, { challenge, owner: binding }) => ({ ...(await verifyAttestation(evidence, { policy, challenge, owner: binding, clock })), ...verdict }),
    acceptSimulated: true,
    clock,
    ...changes,
  })
}
