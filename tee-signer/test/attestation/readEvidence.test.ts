import { bytesToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { type AttestationPolicy, type Evidence, type TdxEvent, type WireEvidence, readEvidence, verifyArchivedAttestation } from '../../src/attestation/index.ts'
import { writePem } from '../../src/attestation/shared/pem.ts'
import './expectations.ts'
import { tokenFixture } from './pki/confidentialSpace.ts'
import { nitroFixture } from './pki/nitro.ts'
import { snpFixture } from './pki/sevSnp.ts'
import { simulatedFixture } from './pki/simulated.ts'
import { tdxFixture } from './pki/tdx.ts'
import { NOW } from './pki/time.ts'

const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const event = { register: 3, type: 0x08_00_00_01, name: 'compose-hash', payload: Buffer.from('abc') } as const satisfies TdxEvent

/** Evidence as a service would write it into JSON. */
function wireOf(evidence: Evidence): WireEvidence {
  switch (evidence.platform) {
    case 'tdx': {
      const pcs = evidence.collateral
      const collateral = {
        pck_crl_issuer_chain: writePem(pcs.pckCrlChain),
        root_ca_crl: plain(pcs.rootCrl),
        pck_crl: plain(pcs.pckCrl),
        tcb_info: pcs.tcbInfo,
        tcb_info_signature: plain(pcs.tcbInfoSignature),
        tcb_info_issuer_chain: writePem(pcs.tcbInfoChain),
        qe_identity: pcs.qeIdentity,
        qe_identity_signature: plain(pcs.qeIdentitySignature),
        qe_identity_issuer_chain: writePem(pcs.qeIdentityChain),
      }
      const log = [{ imr: 3, event_type: event.type, digest: '', event: event.name, event_payload: plain(event.payload) }]
      const padded = Buffer.concat([evidence.quote, Buffer.alloc(70)])
      return { platform: 'tdx', evidence: bytesToHex(padded), collateral, event_log: log }
    }
    case 'sev-snp': {
      const { report, vcek, ask, ark, crl } = evidence
      return { platform: 'sev-snp', evidence: bytesToHex(report), vcek: bytesToHex(vcek), ask: bytesToHex(ask), ...(ark && { ark: bytesToHex(ark) }), ...(crl && { crl: bytesToHex(crl) }) }
    }
    case 'confidential-space':
      return { platform: 'confidential-space', evidence: bytesToHex(Buffer.from(evidence.token)) }
    default:
      return { platform: evidence.platform, evidence: bytesToHex(evidence.document) }
  }
}

async function fixtures(): Promise<{ evidence: Evidence; policy: AttestationPolicy }[]> {
  const [nitro, tdx, token, snp, simulated] = [nitroFixture(), tdxFixture({ events: [event] }), await tokenFixture(), snpFixture(), simulatedFixture()]
  return [
    { evidence: nitro.evidence, policy: { nitro: nitro.policy } },
    { evidence: tdx.evidence, policy: { tdx: tdx.policy } },
    { evidence: token.evidence, policy: { confidentialSpace: token.policy } },
    { evidence: snp.evidence, policy: { sevSnp: snp.policy } },
    { evidence: simulated.evidence, policy: { simulated: simulated.policy } },
  ]
}

const FIXTURES = await fixtures()

describe('readEvidence', () => {
  it.each(FIXTURES)('brings evidence of $evidence.platform through JSON', async ({ evidence, policy }) => {
    const read = readEvidence(JSON.parse(JSON.stringify(wireOf(evidence))))
    expect((await verifyArchivedAttestation(read, { policy, at: NOW })).platform).toBe(evidence.platform)
  })

  it('does not cut off more than zeros behind a quote', async () => {
    const { evidence, policy } = tdxFixture({ events: [event] })
    const wire = wireOf(evidence)
    await expect(() => verifyArchivedAttestation(readEvidence({ ...wire, evidence: `${wire.evidence}01` }), { policy: { tdx: policy }, at: NOW })).toBeRefused('MALFORMED')
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['another platform', { platform: 'sgx', evidence: '0x' }],
    ['no evidence', { platform: 'nitro' }],
    ['half a byte', { platform: 'nitro', evidence: '0x0' }],
    ['no hex', { platform: 'nitro', evidence: '0xzz' }],
    ['more than the platform has', { platform: 'nitro', evidence: '0x', vcek: '0x' }],
    ['more bytes than any evidence has', { platform: 'nitro', evidence: `0x${'00'.repeat(65_537)}` }],
    ['no collateral', { platform: 'tdx', evidence: `0x04000200${'81'.padEnd(2000, '0')}` }],
    ['an event log that is none', { platform: 'tdx', evidence: bytesToHex(tdxFixture().evidence.quote), collateral: {}, event_log: [{ imr: 4 }] }],
  ])('refuses %s', async (_, json) => {
    await expect(() => readEvidence(json)).toBeRefused('MALFORMED')
  })

  it('refuses an event whose digest is not its content\'s, or of another length', async () => {
    const { evidence, policy } = tdxFixture({ events: [event] })
    const wire = wireOf(evidence) as Extract<WireEvidence, { platform: 'tdx' }>
    const log = (digest: string, imr = 3): unknown => ({ ...wire, event_log: [{ imr, event_type: event.type, digest, event: event.name, event_payload: plain(event.payload) }] })
    await expect(() => readEvidence(log('00'.repeat(48)))).toBeRefused('MALFORMED', 'another digest')
    const short = readEvidence(log('00', 1))
    await expect(() => verifyArchivedAttestation(short, { policy: { tdx: policy }, at: NOW })).toBeRefused('MALFORMED', 'SHA-384')
  })
})
