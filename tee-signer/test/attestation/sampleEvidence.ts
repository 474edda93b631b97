import type { AttestationPolicy, Evidence, NitroEvidence, SevSnpEvidence, TdxEvidence } from '../../src/attestation/index.ts'
import { readTdxCollateral, trimQuote } from '../../src/attestation/index.ts'
import { sample, sampleJson, samplePem, sampleText } from './samples.ts'

/** The real evidence of the collection, taken out of its files as ORIGIN.md says. */
export const nitroSample = (file: string, length: number): NitroEvidence => ({
  platform: 'nitro',
  document: sample(`dstack/${file}.bin`).slice(4, 4 + length),
})

export const turnkeyProofs = (): { awsAttestationDocB64: string; ephemeralPublicKeyHex: string; qosManifestB64: string }[] =>
  JSON.parse(sampleText('turnkey/boot-proofs.json')) as ReturnType<typeof turnkeyProofs>

export const tdxSample = (name: string): TdxEvidence => ({
  platform: 'tdx',
  quote: trimQuote(sample(`dcap-qvl/${name}`)),
  collateral: readTdxCollateral(sampleJson(`dcap-qvl/${name}_collateral.json`)),
})

export const snpSample = (): SevSnpEvidence => ({
  platform: 'sev-snp',
  report: sample('dstack/dstack_dstack-attest_tests_sev_snp_attestation.bin').slice(4, 4 + 1184),
  vcek: samplePem('dstack/dstack_dstack-attest_tests_sev_snp_vcek.pem'),
  ask: samplePem('dstack/dstack_dstack-attest_tests_sev_snp_ask.pem'),
})

export const snpDebugSample = (): SevSnpEvidence => ({
  ...snpSample(),
  report: sample('go-sev-guest/attestation.bin'),
  vcek: sample('go-sev-guest/vcek.testcer'),
})

export const confidentialSpaceSample = (file: string): Evidence => ({ platform: 'confidential-space', token: sampleText(`oak/${file}`).trim() })

/** Nothing is known of whose code the samples run, so nothing is pinned; every other rule stays. */
export const UNPINNED: AttestationPolicy = {
  nitro: { pcrs: 'unpinned' },
  tdx: { measurements: 'unpinned' },
  confidentialSpace: { audience: 'https://echo.oak.dev', imageDigests: 'unpinned' },
  sevSnp: { measurements: 'unpinned', revocation: 'when present' },
}
