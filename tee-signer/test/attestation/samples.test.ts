import { ECDH, createHash } from 'node:crypto'
import { publicKeyToAddress } from 'viem/utils'
import { afterAll, describe, expect, it } from 'vitest'
import { type AttestationErrorCode, type AttestationPolicy, type Evidence, VENDOR_ROOTS, readEventLog, trimQuote, verifyArchivedAttestation } from '../../src/attestation/index.ts'
import { fingerprint } from '../../src/attestation/shared/certificate.ts'
import { checkEventLog } from '../../src/attestation/tdx/policy.ts'
import { type Quote, readQuote } from '../../src/attestation/tdx/quote.ts'
import { UNPINNED, confidentialSpaceSample, nitroSample, snpDebugSample, snpSample, tdxSample, turnkeyProofs } from './sampleEvidence.ts'
import { SAMPLES, sample, sampleHex, sampleJson, samplePem, sampleText, seconds } from './samples.ts'

let checked = 0
afterAll(() => console.log(`attestation: ${checked} real samples checked${SAMPLES ? '' : ', there is no ../shared'}`))

const verify = (evidence: Evidence, at: string, policy: AttestationPolicy = UNPINNED): ReturnType<typeof verifyArchivedAttestation> =>
  verifyArchivedAttestation(evidence, { policy, at: seconds(at) })

const refuses = async (evidence: Evidence, at: string, code: AttestationErrorCode, policy = UNPINNED): Promise<void> => {
  await expect(verify(evidence, at, policy)).rejects.toMatchObject({ name: 'AttestationError', code })
}

const tdxQuote = (bytes: Uint8Array): Extract<Quote, { tee: 'tdx' }> => {
  const quote = readQuote(trimQuote(bytes))
  if (quote.tee !== 'tdx') throw new Error('not a TDX quote')
  return quote
}

async function bootProof(index: number, at: string): Promise<void> {
  const proof = turnkeyProofs()[index]
  if (!proof) throw new Error('there is no such boot proof')
  const verdict = await verify({ platform: 'nitro', document: Uint8Array.from(Buffer.from(proof.awsAttestationDocB64, 'base64')) }, at)
  const manifest = createHash('sha256').update(Buffer.from(proof.qosManifestB64, 'base64')).digest('hex')
  expect(verdict).toMatchObject({ userData: `0x${manifest}`, publicKey: `0x${proof.ephemeralPublicKeyHex}` })
}

/** What ORIGIN.md says of each file, and when. */
const VERDICTS: Readonly<Record<string, () => Promise<void> | void>> = {
  'dcap-qvl/tdx_quote: UpToDate on 20 June 2025': async () => {
    const verdict = await verify(tdxSample('tdx_quote'), '2025-06-20T00:00:00Z')
    expect(verdict).toMatchObject({ tcbStatus: 'UpToDate', fmspc: 'B0C06F000000', debug: false, advisoryIds: [] })
    expect(verdict.validUntil).toBe(seconds('2025-07-19T10:00:35Z'))
    await verify(tdxSample('tdx_quote'), '2025-06-19T10:32:27Z')
    await refuses(tdxSample('tdx_quote'), '2025-06-19T10:32:26Z', 'NOT_YET_VALID')
    await verify(tdxSample('tdx_quote'), '2025-07-19T10:00:35Z')
    await refuses(tdxSample('tdx_quote'), '2025-07-19T10:00:36Z', 'EXPIRED')
  },
  'dcap-qvl/tdx_quote_outdated: no TCB level matches': () => refuses(tdxSample('tdx_quote_outdated'), '2026-02-25T00:00:00Z', 'TCB'),
  'dcap-qvl/sgx_quote: read, and refused as a platform': async () => {
    expect(readQuote(sample('dcap-qvl/sgx_quote'))).toMatchObject({ tee: 'sgx', version: 3 })
    const collateral = tdxSample('tdx_quote').collateral
    await refuses({ platform: 'tdx', quote: sample('dcap-qvl/sgx_quote'), collateral }, '2025-06-20T00:00:00Z', 'NOT_SUPPORTED')
  },
  'dcap-qvl/tdx-quote.hex: can be read': () => void expect(tdxQuote(sampleHex(sampleText('dcap-qvl/tdx-quote.hex'))).version).toBe(4),
  'dcap-qvl/quote-from-tappd.hex: can be read': () => void expect(tdxQuote(sampleHex(sampleText('dcap-qvl/quote-from-tappd.hex'))).version).toBe(4),
  'dstack/tdx-lite-getquote: RTMR0 to 3 follow from the log, and the key is in the report data': () => {
    const file = sampleJson('dstack/dstack_verifier_fixtures_tdx-lite-getquote.json')
    const { report } = tdxQuote(sampleHex(file.quote as string))
    expect(() => checkEventLog(report, readEventLog(file.event_log))).not.toThrow()
    const key = Buffer.from(Buffer.from(report.reportData).toString().split('secp256k1c-pk:')[1] ?? '', 'base64url')
    const publicKey = ECDH.convertKey(key, 'secp256k1', undefined, 'hex', 'uncompressed') as string
    expect(publicKeyToAddress(`0x${publicKey}`)).toBe('0xfcd8f7b540480e230C83a395353c805283E3789A')
  },
  'dstack/quote-report: RTMR0 to 3 follow from the log': () => {
    const file = sampleJson('dstack/dstack_verifier_fixtures_quote-report.json')
    const { report } = tdxQuote(sampleHex(file.quote as string))
    const events = readEventLog(file.event_log)
    expect(() => checkEventLog(report, events)).not.toThrow()
    expect(new Set(events.map((event) => event.register))).toEqual(new Set([0, 1, 2, 3]))
    expect(() => checkEventLog(report, events.slice(0, -1))).toThrow('RTMR3')
  },
  'dstack/nsm-qvl Nitro document: verified while its leaf is valid': async () => {
    const evidence = nitroSample('dstack_nsm-qvl_tests_nitro_attestation', 4527)
    expect(await verify(evidence, '2025-12-25T13:15:37Z')).toMatchObject({ debug: false, validUntil: seconds('2025-12-25T16:15:37Z') })
    await verify(evidence, '2025-12-25T16:15:37Z')
    await refuses(evidence, '2025-12-25T16:15:38Z', 'EXPIRED')
    await refuses(evidence, '2025-12-25T13:15:33Z', 'NOT_YET_VALID')
  },
  'dstack/dstack-attest Nitro document: verified, with user data': async () => {
    const verdict = await verify(nitroSample('dstack_dstack-attest_tests_nitro_attestation', 4526), '2025-12-25T16:04:19Z')
    expect(verdict.boundData).toContain(createHash('sha256').update('').digest('hex').slice(0, 8))
  },
  'dstack Nitro document of a debug enclave: signed, and refused': async () => {
    const evidence = nitroSample('dstack_dstack-attest_tests_nitro_attestation_dbg', 4529)
    await refuses(evidence, '2025-12-25T09:00:00Z', 'DEBUG')
    expect(await verify(evidence, '2025-12-25T09:00:00Z', { nitro: { pcrs: 'unpinned', allowDebug: true } })).toMatchObject({ debug: true })
  },
  "dstack/AWS root: the pinned one": () => void expect(VENDOR_ROOTS.nitro).toContain(fingerprint(samplePem('dstack/dstack_nsm-qvl_certs_AWS_NitroEnclaves_Root-G1.pem'))),
  'dstack SEV-SNP report, version 3: verified': async () => {
    expect(await verify(snpSample(), '2026-06-20T00:00:00Z')).toMatchObject({ product: 'Milan', debug: false, vmpl: 0 })
    await refuses(snpSample(), '2026-06-16T00:00:00Z', 'NOT_YET_VALID')
    await refuses(snpSample(), '2026-06-20T00:00:00Z', 'COLLATERAL', { sevSnp: { measurements: 'unpinned' } })
  },
  'go-sev-guest SEV-SNP report of a debug guest: signed, and refused': async () => {
    await refuses(snpDebugSample(), '2023-01-01T00:00:00Z', 'DEBUG')
    const policy = { sevSnp: { measurements: 'unpinned', revocation: 'when present', allowDebug: true } } as const
    expect(await verify(snpDebugSample(), '2023-01-01T00:00:00Z', policy)).toMatchObject({ debug: true })
  },
  'turnkey/boot proof 0: verified, and bound to its manifest': () => bootProof(0, '2025-09-16T21:26:05Z'),
  'turnkey/boot proof 1: verified, and bound to its manifest': () => bootProof(1, '2025-09-16T21:24:30Z'),
  'oak/valid.jwt: signed, and refused because one can debug it': async () => {
    const evidence = confidentialSpaceSample('valid.jwt')
    await refuses(evidence, '2025-06-23T14:23:31Z', 'DEBUG')
    const policy = { confidentialSpace: { audience: 'https://echo.oak.dev', imageDigests: 'unpinned', allowDebug: true } } as const
    expect(await verify(evidence, '2025-06-23T14:23:31Z', policy)).toMatchObject({ debug: true, hardware: 'GCP_AMD_SEV' })
    await refuses(evidence, '2025-06-23T15:22:31Z', 'EXPIRED', policy)
  },
  'oak/invalid_signature.jwt: its signature does not hold': () => refuses(confidentialSpaceSample('invalid_signature.jwt'), '2025-06-23T14:23:31Z', 'SIGNATURE'),
  'oak/root.crt: the pinned one': () => void expect(VENDOR_ROOTS.confidentialSpace).toContain(fingerprint(samplePem('oak/root.crt'))),
}

describe('real evidence gives the verdict that its collection states', () => {
  const found = SAMPLES ? Object.entries(VERDICTS) : []
  it.each(found)('%s', async (_, verdict) => {
    expect(await verdict()).toBeUndefined()
    checked++
  })

  it('checks all of it where it is present, and says so where it is not', () => {
    expect(checked).toBe(found.length)
  })
})
