import { describe, expect, it } from 'vitest'
import { type AttestationErrorCode, type NitroPolicy, verifyNitro } from '../../src/attestation/index.ts'
import './expectations.ts'
import { ecKey } from './pki/authority.ts'
import { type NitroOptions, PCRS, nitroFixture, pinned } from './pki/nitro.ts'
import { NOW, at } from './pki/time.ts'

const run = (options: NitroOptions = {}, policy: Partial<NitroPolicy> = {}, time = NOW): ReturnType<typeof verifyNitro> => {
  const fixture = nitroFixture(options)
  return verifyNitro(fixture.evidence, { ...fixture.policy, ...policy }, time)
}

const withPcr = (index: number, value: Uint8Array): ReadonlyMap<number, Uint8Array> => new Map([...PCRS, [index, value]])

describe('a Nitro document', () => {
  it('is accepted when it is right, and says what it holds', () => {
    const verdict = run({ nonce: Buffer.alloc(32, 5), userData: Buffer.alloc(32, 6) })
    expect(verdict).toMatchObject({ platform: 'nitro', debug: false, pinned: true, timestamp: NOW, nonce: `0x${'05'.repeat(32)}`, boundData: `0x${'06'.repeat(32)}` })
    expect(verdict.validUntil).toBe(NOW + 4000)
    expect(verdict.pcrs[2]).toBe(`0x${'12'.repeat(48)}`)
  })

  it('holds from the first to the last second of its certificate', async () => {
    const leaf = { window: at(-10, 50) }
    expect(run({ leaf }, {}, NOW + 50).checkedAt).toBe(NOW + 50)
    await expect(() => run({ leaf }, {}, NOW + 51)).toBeRefused('EXPIRED')
    expect(run({ leaf, timestamp: (NOW - 10) * 1000 }, {}, NOW - 10).validUntil).toBe(NOW + 50)
    await expect(() => run({ leaf, timestamp: (NOW - 10) * 1000 }, {}, NOW - 11)).toBeRefused('NOT_YET_VALID')
  })

  it('may be a minute ahead of the verifier, and no more', async () => {
    expect(run({ timestamp: (NOW + 60) * 1000 }).timestamp).toBe(NOW + 60)
    await expect(() => run({ timestamp: (NOW + 61) * 1000 })).toBeRefused('NOT_YET_VALID')
  })

  it('was made while its certificate was valid', async () => {
    expect(run({ leaf: { window: at(0, 100) } }).timestamp).toBe(NOW)
    await expect(() => run({ leaf: { window: at(0, 100) }, timestamp: (NOW - 1) * 1000 })).toBeRefused('CLAIM')
  })

  it.each<[string, NitroOptions, AttestationErrorCode]>([
    ['signed by another key', { signer: ecKey('P-384') }, 'SIGNATURE'],
    ['signed by a key of another curve', { leaf: { key: ecKey('P-256') } }, 'SIGNATURE'],
    ['under an authority that may not certify', { authority: { isCa: false } }, 'CHAIN'],
    ['under an authority without the usage to certify', { authority: { keyUsage: 0b1000_0000 } }, 'CHAIN'],
    ['under an authority that allows no further one', { authority: { pathLength: 0 } }, 'CHAIN'],
    ['under an expired authority', { authority: { window: at(-100, -1) } }, 'EXPIRED'],
    ['under an authority of later', { authority: { window: at(1, 100) } }, 'NOT_YET_VALID'],
    ['whose leaf is an authority', { leaf: { isCa: true } }, 'CHAIN'],
    ['with a critical extension that nobody knows', { leaf: { extensions: [{ oid: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] } }, 'NOT_SUPPORTED'],
    ['of another algorithm', { header: new Map([[1, -7]]) }, 'NOT_SUPPORTED'],
    ['with more in its header', { header: new Map([[1, -35], [4, 1]]) }, 'NOT_SUPPORTED'],
    ['with an unsigned header', { unprotected: new Map([[4, 1]]) }, 'MALFORMED'],
    ['of another digest', { fields: { digest: 'SHA256' } }, 'NOT_SUPPORTED'],
    ['without a module', { fields: { module_id: '' } }, 'MALFORMED'],
    ['without a time', { fields: { timestamp: 0 } }, 'MALFORMED'],
    ['without PCRs', { pcrs: new Map() }, 'MALFORMED'],
    ['with a PCR of another length', { pcrs: withPcr(0, Buffer.alloc(32, 1)) }, 'MALFORMED'],
    ['with a PCR 32', { pcrs: withPcr(32, Buffer.alloc(48, 1)) }, 'MALFORMED'],
    ['without certificates', { fields: { cabundle: [] } }, 'MALFORMED'],
    ['with user data of over a kibibyte', { userData: Buffer.alloc(1025) }, 'MALFORMED'],
    ['with PCR0 zero', { pcrs: withPcr(0, Buffer.alloc(48)) }, 'DEBUG'],
    ['with PCR2 zero', { pcrs: withPcr(2, Buffer.alloc(48)) }, 'DEBUG'],
    ['with another PCR1', { pcrs: withPcr(1, Buffer.alloc(48, 0x99)) }, 'MEASUREMENT'],
  ])('is refused %s', async (_, options, code) => {
    await expect(() => run(options)).toBeRefused(code)
  })

  it('is refused under a root that is not trusted, and AWS is the only one by default', async () => {
    const { evidence, policy } = nitroFixture()
    await expect(() => verifyNitro(evidence, { pcrs: policy.pcrs }, NOW)).toBeRefused('CHAIN', 'root')
  })

  it('of a debug enclave is accepted where the policy says so, and the verdict names it', () => {
    const pcrs = new Map([0, 1, 2].map((index) => [index, Buffer.alloc(48)]))
    expect(run({ pcrs }, { allowDebug: true, pcrs: 'unpinned' })).toMatchObject({ debug: true, pinned: false })
  })

  it('needs a policy for PCR0, PCR1 and PCR2', async () => {
    for (const missing of [0, 1, 2]) {
      const pcrs = Object.fromEntries(Object.entries(pinned()).filter(([index]) => Number(index) !== missing))
      await expect(() => run({}, { pcrs })).toBeRefused('NO_POLICY', `PCR${missing}`)
    }
    await expect(() => run({}, { pcrs: { ...pinned(), 0: [] } })).toBeRefused('NO_POLICY')
  })

  it('is held to every further PCR that the policy names', async () => {
    expect(run({}, { pcrs: { ...pinned(), 3: ['00', '13'.repeat(48).toUpperCase()] } }).pinned).toBe(true)
    await expect(() => run({}, { pcrs: { ...pinned(), 3: ['00'] } })).toBeRefused('MEASUREMENT', 'PCR3')
    await expect(() => run({}, { pcrs: { ...pinned(), 8: ['00'] } })).toBeRefused('MEASUREMENT', 'PCR8')
  })
})
