import { verify } from 'node:crypto'
import type { Hex } from 'viem'
import { refuse } from '../errors.ts'
import { fromHex, includesHex } from '../shared/bytes.ts'
import { publicKeyOf } from '../shared/signature.ts'
import { CLOCK_SKEW, checkValidity } from '../shared/time.ts'
import type { SimulatedVerdict } from '../verdict.ts'
import { readSimulatedDocument, readSimulatedReport } from './document.ts'

export type SimulatedEvidence = { readonly platform: 'simulated'; readonly document: Uint8Array }

export type SimulatedPolicy = {
  /** Says that the caller knows: this proves nothing about hardware, and its host can do as it likes. */
  readonly acceptSimulated: true
  /** Ed25519 keys of the simulators (SubjectPublicKeyInfo, hex). There is no default. */
  readonly roots: readonly string[]
  readonly measurements: readonly string[] | 'unpinned'
}

/** How long a document holds, in seconds. */
const LIFETIME = 300

/** Verifies a document of the local simulator for the time `at` (seconds). */
export function verifySimulated(evidence: SimulatedEvidence, policy: SimulatedPolicy, at: number): SimulatedVerdict {
  if (policy.acceptSimulated !== true) refuse('SIMULATED', "The evidence is a simulator's, which the policy does not accept.")
  const document = readSimulatedDocument(evidence.document)
  const root = fromHex(document.root, 'The root')
  if (!includesHex(policy.roots, root)) refuse('CHAIN', 'The simulator is not one that is trusted.', document.root)
  if (!verify(null, Buffer.from(document.report), publicKeyOf(root), fromHex(document.signature, 'The signature')))
    refuse('SIGNATURE', 'The signature of the simulated document does not hold.')
  const report = readSimulatedReport(document.report)
  const timestamp = Math.floor(Date.parse(report.at) / 1000)
  checkValidity({ notBefore: timestamp - CLOCK_SKEW, notAfter: timestamp + LIFETIME }, at, 'The simulated document')
  if (policy.measurements !== 'unpinned' && !includesHex(policy.measurements, fromHex(report.measurement, 'The measurement')))
    refuse('MEASUREMENT', 'The simulator is not one of the pinned ones.', report.measurement)
  return {
    platform: 'simulated',
    checkedAt: at,
    validUntil: timestamp + LIFETIME,
    debug: false,
    pinned: policy.measurements !== 'unpinned',
    boundData: report.reportData as Hex,
    measurement: report.measurement as Hex,
    timestamp,
  }
}
