import { describe, expect, it } from 'vitest'
import { type AttestationErrorCode, type SevSnpPolicy, verifySevSnp } from '../../src/attestation/index.ts'
import './expectations.ts'
import { ecKey, revocationList } from './pki/authority.ts'
import { PLAIN_POLICY, type SnpOptions, TCB, snpFixture } from './pki/sevSnp.ts'
import { NOW, at } from './pki/time.ts'

const run = (options: SnpOptions = {}, policy: Partial<SevSnpPolicy> = {}, time = NOW): ReturnType<typeof verifySevSnp> => {
  const fixture = snpFixture(options)
  return verifySevSnp(fixture.evidence, { ...fixture.policy, ...policy }, time)
}

const window = at(-1000, 1000)

describe('a SEV-SNP report', () => {
  it.each(['Milan', 'Genoa', 'Turin'] as const)('of %s is accepted when it is right, and says what it holds', (product) => {
    const verdict = run({ product })
    expect(verdict).toMatchObject({ platform: 'sev-snp', product, debug: false, pinned: true, vmpl: 0, tcb: { ...TCB, ...(product === 'Turin' && { fmc: 7 }) } })
    expect(verdict.validUntil).toBe(NOW + 1000)
  })

  it('holds from the first to the last second of its revocation list', async () => {
    expect(run({}, {}, NOW + 1000).checkedAt).toBe(NOW + 1000)
    await expect(() => run({}, {}, NOW + 1001)).toBeRefused('EXPIRED')
    expect(run({}, {}, NOW - 1000).checkedAt).toBe(NOW - 1000)
    await expect(() => run({}, {}, NOW - 1001)).toBeRefused('NOT_YET_VALID')
  })

  it.each<[string, SnpOptions, AttestationErrorCode]>([
    ['signed by another key', { signer: ecKey('P-384') }, 'SIGNATURE'],
    ['signed by a cloud\'s key', { report: { 0x48: Buffer.of(1 << 2) } }, 'NOT_SUPPORTED'],
    ['that is not signed', { report: { 0x48: Buffer.of(7 << 2) } }, 'NOT_SUPPORTED'],
    ['of version 1', { report: { 0: Buffer.of(1) } }, 'NOT_SUPPORTED'],
    ['of version 6', { report: { 0: Buffer.of(6) } }, 'NOT_SUPPORTED'],
    ['of another signature algorithm', { report: { 0x34: Buffer.of(2) } }, 'NOT_SUPPORTED'],
    ['of another processor than the VCEK', { report: { 0x188: Buffer.of(0x19, 0x11) } }, 'CHAIN'],
    ['of another chip than the VCEK', { chipId: Buffer.alloc(64, 1) }, 'CHAIN'],
    ['that hides its chip', { report: { 0x48: Buffer.of(2) } }, 'CLAIM'],
    ['whose VCEK is of another firmware', { certifiedTcb: { snp: TCB.snp - 1 } }, 'TCB'],
    ['whose VCEK has no versions', { vcek: { extensions: [] } }, 'CHAIN'],
    ['whose VCEK is another certificate', { vcek: { name: 'SEV-VLEK' } }, 'CHAIN'],
    ['whose authority is of another product', { ask: { name: 'SEV-Genoa' } }, 'CHAIN'],
    ['whose authority may not certify', { ask: { isCa: false } }, 'CHAIN'],
    ['whose VCEK has expired', { vcek: { window: at(-10, -1) } }, 'EXPIRED'],
    ['whose authority is revoked', { revoked: true }, 'REVOKED'],
    ['with an empty revocation list', { crl: () => new Uint8Array() }, 'COLLATERAL'],
    ['with a forged revocation list', { crl: ({ ark, ask }) => revocationList({ issuer: ark, window, signer: ask }) }, 'SIGNATURE'],
    ['with the revocation list of another authority', { crl: ({ ask }) => revocationList({ issuer: ask, window }) }, 'COLLATERAL'],
    ['of a guest under debug', { policyBits: PLAIN_POLICY | (1n << 19n) }, 'DEBUG'],
    ['of a guest that may be moved', { policyBits: PLAIN_POLICY | (1n << 18n) }, 'CLAIM'],
    ['whose policy lacks the bit that is always one', { policyBits: 1n << 16n }, 'CLAIM'],
    ['whose policy has a bit that nobody knows', { policyBits: PLAIN_POLICY | (1n << 26n) }, 'CLAIM'],
    ['asked for at VMPL 1', { report: { 0x30: Buffer.of(1) } }, 'CLAIM'],
    ['of another measurement', { report: { 0x90: Buffer.of(0) } }, 'MEASUREMENT'],
  ])('is refused %s', async (_, options, code) => {
    await expect(() => run(options)).toBeRefused(code)
  })

  it('is refused under a root that is not trusted, and AMD is the only one by default', async () => {
    const { evidence, policy } = snpFixture()
    await expect(() => verifySevSnp(evidence, { measurements: policy.measurements }, NOW)).toBeRefused('CHAIN', 'root')
    const { ark: _, ...withoutRoot } = evidence
    await expect(() => verifySevSnp(withoutRoot, { measurements: policy.measurements }, NOW)).toBeRefused('CHAIN')
  })

  it('needs a revocation list unless the policy says otherwise', async () => {
    const { evidence, policy } = snpFixture()
    const { crl: _, ...withoutList } = evidence
    await expect(() => verifySevSnp(withoutList, policy, NOW)).toBeRefused('COLLATERAL')
    expect(verifySevSnp(withoutList, { ...policy, revocation: 'when present' }, NOW).validUntil).toBe(NOW + 4000)
  })

  it('is held to the least firmware of the policy', async () => {
    expect(run({}, { minimumTcb: TCB }).tcb).toEqual(TCB)
    for (const part of ['bootloader', 'tee', 'snp', 'microcode'] as const)
      await expect(() => run({}, { minimumTcb: { ...TCB, [part]: TCB[part] + 1 } })).toBeRefused('TCB', part)
    const committed = { 0x1e6: Buffer.of(TCB.snp - 1) }
    await expect(() => run({ report: committed }, { minimumTcb: TCB })).toBeRefused('TCB', 'committed')
  })

  it('is held to hyperthreading, VMPL, version, host data and identity key of the policy', async () => {
    await expect(() => run({}, { allowSmt: false })).toBeRefused('CLAIM')
    expect(run({ policyBits: 1n << 17n }, { allowSmt: false }).debug).toBe(false)
    expect(run({ report: { 0x30: Buffer.of(2) } }, { maximumVmpl: 2 }).vmpl).toBe(2)
    await expect(() => run({ report: { 4: Buffer.of(6) } }, { minimumGuestSvn: 7 })).toBeRefused('TCB')
    expect(run({ report: { 4: Buffer.of(7) } }, { minimumGuestSvn: 7 }).guestSvn).toBe(7)
    expect(run({}, { hostData: ['00'.repeat(32)], idKeyDigests: ['00'.repeat(48)] }).pinned).toBe(true)
    await expect(() => run({}, { hostData: ['01'.repeat(32)] })).toBeRefused('MEASUREMENT')
    await expect(() => run({}, { idKeyDigests: ['01'.repeat(48)] })).toBeRefused('MEASUREMENT')
  })

  it('of a guest under debug or migration is accepted where the policy says so', () => {
    expect(run({ policyBits: PLAIN_POLICY | (1n << 19n) }, { allowDebug: true }).debug).toBe(true)
    expect(run({ policyBits: PLAIN_POLICY | (1n << 18n) }, { allowMigration: true }).debug).toBe(false)
  })
})
