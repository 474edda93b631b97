import { generateKeyPairSync } from 'node:crypto'
import { type SimulatedDocument, type SimulatedEvidence, type SimulatedPolicy, signSimulatedDocument } from '../../../src/attestation/index.ts'
import { NOW } from './time.ts'

/** A document of a simulator and the policy that takes it. */
export function simulatedFixture(options: Partial<SimulatedDocument> = {}): { evidence: SimulatedEvidence; policy: SimulatedPolicy } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const measurement = Buffer.alloc(48, 0x51)
  const document = signSimulatedDocument({ measurement, timestamp: NOW, userData: Buffer.alloc(32, 0x77), nonce: undefined, ...options }, privateKey)
  const root = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
  return { evidence: { platform: 'simulated', document }, policy: { acceptSimulated: true, roots: [root], measurements: [measurement.toString('hex')] } }
}
