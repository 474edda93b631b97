import { verify } from 'node:crypto'
import { refuse } from '../errors.ts'
import { fromHex, includesHex, toHex } from '../shared/bytes.ts'
import { readCoseSign1 } from '../shared/coseSign1.ts'
import { publicKeyOf } from '../shared/signature.ts'
import { CLOCK_SKEW, checkValidity } from '../shared/time.ts'
import type { SimulatedVerdict } from '../verdict.ts'
import { EDDSA, readSimulatedDocument } from './document.ts'

export type SimulatedEvidence = { readonly platform: 'simulated'; readonly document: Uint8Array }

export type SimulatedPolicy = {
  /** Says that the caller knows: this proves nothing about hardware, its host can do as it likes. */
  readonly acceptSimulated: true
  /** Ed25519 public keys of the simulators, 32 bytes in hex. There is no default. */
  readonly roots: readonly string[]
  readonly measurements: readonly string[] | 'unpinned'
}

/** A document holds for five minutes. */
const LIFETIME = 300
/** SubjectPublicKeyInfo of an Ed25519 key up to its bytes. */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Verifies a document of the local simulator for the time `at` (seconds). */
export function verifySimulated(evidence: SimulatedEvidence, policy: SimulatedPolicy, at: number): SimulatedVerdict {
  if (policy.acceptSimulated !== true) refuse('SIMULATED', 'The evidence is a simulator\'s, which the policy does not accept.')
  const { payload, toBeSigned, signature } = readCoseSign1(evidence.document, EDDSA, 'The simulated document')
  const trusted = policy.roots.some((root) => verify(null, toBeSigned, publicKeyOf(Buffer.concat([ED25519_PREFIX, fromHex(root, 'A root')])), signature))
  if (!trusted) refuse('SIGNATURE', 'The simulated document is not signed by a simulator that is trusted.')
  const document = readSimulatedDocument(payload)
  checkValidity({ notBefore: document.timestamp - CLOCK_SKEW, notAfter: document.timestamp + LIFETIME }, at, 'The simulated document')
  if (policy.measurements !== 'unpinned' && !includesHex(policy.measurements, document.measurement))
    refuse('MEASUREMENT', 'The simulator is not one of the pinned ones.', toHex(document.measurement))
  return {
    platform: 'simulated',
    checkedAt: at,
    validUntil: document.timestamp + LIFETIME,
    debug: false,
    pinned: policy.measurements !== 'unpinned',
    boundData: toHex(document.userData),
    measurement: toHex(document.measurement),
    timestamp: document.timestamp,
    nonce: document.nonce && toHex(document.nonce),
  }
}
