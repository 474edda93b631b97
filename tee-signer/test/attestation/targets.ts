import {
  type ConfidentialSpaceEvidence,
  type ConfidentialSpacePolicy,
  type NitroEvidence,
  type NitroPolicy,
  type SevSnpEvidence,
  type SevSnpPolicy,
  type TdxCollateral,
  type TdxEvidence,
  type TdxPolicy,
  verifyConfidentialSpace,
  verifyNitro,
  verifySevSnp,
  verifySimulated,
  verifyTdx,
} from '../../src/attestation/index.ts'
import type { Target } from './mutations.ts'
import { tokenFixture } from './pki/confidentialSpace.ts'
import { nitroFixture } from './pki/nitro.ts'
import { snpFixture } from './pki/sevSnp.ts'
import { simulatedFixture } from './pki/simulated.ts'
import { tdxFixture } from './pki/tdx.ts'
import { NOW } from './pki/time.ts'
import { UNPINNED, nitroSample, snpSample, tdxSample } from './sampleEvidence.ts'
import { SAMPLES, sampleText, seconds } from './samples.ts'

/** Every part of every platform's evidence, as bytes that somebody signed. Real evidence too, where there is any. */
export async function targets(): Promise<Target[]> {
  const nitro = nitroFixture()
  const tdx = tdxFixture()
  const tdx5 = tdxFixture({ version: 5 })
  const snp = snpFixture()
  const token = await tokenFixture()
  const simulated = simulatedFixture()
  return [
    nitroTarget('Nitro', nitro.evidence, nitro.policy, NOW),
    ...tdxTargets('TDX', tdx.evidence, tdx.policy, NOW),
    quoteTarget('TDX 1.5', tdx5.evidence, tdx5.policy, NOW),
    ...snpTargets('SEV-SNP', snp.evidence, snp.policy, NOW),
    ...tokenTargets('Confidential Space', token.evidence, token.policy, NOW),
    { name: 'simulated', bytes: simulated.evidence.document, verify: (document) => verifySimulated({ platform: 'simulated', document }, simulated.policy, NOW) },
    ...(SAMPLES ? realTargets() : []),
  ]
}

/** Every third byte of these, where not all are wanted: the test PKI's own evidence has every one changed. */
function realTargets(): Target[] {
  const nitro = UNPINNED.nitro as NitroPolicy
  const tdx = UNPINNED.tdx as TdxPolicy
  const sevSnp = UNPINNED.sevSnp as SevSnpPolicy
  const token = { audience: 'https://echo.oak.dev', imageDigests: 'unpinned', allowDebug: true } as const
  const oak = { platform: 'confidential-space', token: sampleText('oak/valid.jwt').trim() } as const
  return [
    nitroTarget('real Nitro', nitroSample('dstack_nsm-qvl_tests_nitro_attestation', 4527), nitro, seconds('2025-12-25T14:00:00Z')),
    ...tdxTargets('real TDX', tdxSample('tdx_quote'), tdx, seconds('2025-06-20T00:00:00Z')),
    ...snpTargets('real SEV-SNP', snpSample(), sevSnp, seconds('2026-06-20T00:00:00Z')),
    ...tokenTargets('real Confidential Space', oak, token, seconds('2025-06-23T14:23:31Z')),
  ].map((target) => ({ ...target, stride: 3 * (target.stride ?? 1) }))
}

function nitroTarget(name: string, { document }: NitroEvidence, policy: NitroPolicy, at: number): Target {
  return { name: `${name} document`, bytes: document, verify: (bytes) => verifyNitro({ platform: 'nitro', document: bytes }, policy, at) }
}

function quoteTarget(name: string, evidence: TdxEvidence, policy: TdxPolicy, at: number): Target {
  return { name: `${name} quote`, bytes: evidence.quote, verify: (quote) => verifyTdx({ ...evidence, quote }, policy, at) }
}

function tdxTargets(name: string, evidence: TdxEvidence, policy: TdxPolicy, at: number): Target[] {
  const { collateral } = evidence
  const part = (key: keyof TdxCollateral, bytes: Uint8Array, change: (bytes: Uint8Array) => Partial<TdxCollateral>): Target => ({
    name: `${name} ${key}`,
    bytes,
    stride: 11,
    verify: (changed) => verifyTdx({ ...evidence, collateral: { ...collateral, ...change(changed) } }, policy, at),
  })
  const binary = (['rootCrl', 'pckCrl', 'tcbInfoSignature', 'qeIdentitySignature'] as const).map((key) => part(key, collateral[key], (it) => ({ [key]: it })))
  const text = (['tcbInfo', 'qeIdentity'] as const).map((key) => part(key, Buffer.from(collateral[key]), (it) => ({ [key]: Buffer.from(it).toString('latin1') })))
  const chains = (['pckCrlChain', 'tcbInfoChain', 'qeIdentityChain'] as const).flatMap((key) =>
    collateral[key].map((certificate, index) => part(key, certificate, (it) => ({ [key]: collateral[key].with(index, it) }))),
  )
  return [quoteTarget(name, evidence, policy, at), ...binary, ...text, ...chains]
}

function snpTargets(name: string, evidence: SevSnpEvidence, policy: SevSnpPolicy, at: number): Target[] {
  return (['report', 'vcek', 'ask', 'ark', 'crl'] as const).flatMap((key) => {
    const bytes = evidence[key]
    return bytes ? [{ name: `${name} ${key}`, bytes, verify: (changed: Uint8Array) => verifySevSnp({ ...evidence, [key]: changed }, policy, at) }] : []
  })
}

/** The three parts decoded, and the token as it is written. */
function tokenTargets(name: string, { token }: ConfidentialSpaceEvidence, policy: ConfidentialSpacePolicy, at: number): Target[] {
  const verify = (changed: string): unknown => verifyConfidentialSpace({ platform: 'confidential-space', token: changed }, policy, at)
  const parts = token.split('.')
  const decoded = parts.map((part, index) => ({
    name: `${name} ${['header', 'claims', 'signature'][index] ?? ''}`,
    bytes: Buffer.from(part, 'base64url'),
    verify: (bytes: Uint8Array) => verify(parts.with(index, Buffer.from(bytes).toString('base64url')).join('.')),
  }))
  return [...decoded, { name: `${name} token`, bytes: Buffer.from(token), verify: (bytes) => verify(Buffer.from(bytes).toString('latin1')) }]
}
