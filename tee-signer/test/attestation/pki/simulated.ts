import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { type SimulatedEvidence, type SimulatedPolicy, type SimulatedReport, signSimulatedReport } from '../../../src/attestation/index.ts'
import { NOW } from './time.ts'

/** A document of a simulator and the policy that takes it. */
export function simulatedFixture(options: Partial<SimulatedReport> = {}): { evidence: SimulatedEvidence; policy: SimulatedPolicy } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const measurement = `0x${'51'.repeat(32)}`
  const report = { platform: 'simulated', warning: 'no TEE', measurement, reportData: `0x${'77'.repeat(32)}`, at: new Date(NOW * 1000).toISOString(), ...options } as const
  const root = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('hex')
  return {
    evidence: { platform: 'simulated', document: signSimulatedReport(report, privateKey) },
    policy: { acceptSimulated: true, roots: [root], measurements: [measurement] },
  }
}
