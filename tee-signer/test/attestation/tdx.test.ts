import { describe, expect, it } from 'vitest'
import { type AttestationErrorCode, type TdxPolicy, verifyTdx } from '../../src/attestation/index.ts'
import './expectations.ts'
import { ecKey, issue, revocationList } from './pki/authority.ts'
import { MODULE_SVN, QE_SVN, type TdxOptions, tdxFixture } from './pki/tdx.ts'
import { NOW, at, iso } from './pki/time.ts'

const run = (options: TdxOptions = {}, policy: Partial<TdxPolicy> = {}, time = NOW): ReturnType<typeof verifyTdx> => {
  const fixture = tdxFixture(options)
  return verifyTdx(fixture.evidence, { ...fixture.policy, ...policy }, time)
}

const window = at(-1000, 1000)
const forger = ecKey('P-256')

describe('a TDX quote', () => {
  it.each([4, 5] as const)('of version %d is accepted when it is right, and says what it holds', (version) => {
    const verdict = run({ version })
    expect(verdict).toMatchObject({ platform: 'tdx', debug: false, pinned: true, tcbStatus: 'UpToDate', tcbEvaluationDataNumber: 17 })
    expect(verdict.validUntil).toBe(NOW + 1000)
    expect(verdict.boundData).toBe(`0x${'77'.repeat(64)}`)
    expect(verdict.rtmrs[1]).toBe(`0x${'b1'.repeat(48)}`)
  })

  it('holds from the first to the last second of its collateral', async () => {
    expect(run({}, {}, NOW + 1000).checkedAt).toBe(NOW + 1000)
    await expect(() => run({}, {}, NOW + 1001)).toBeRefused('EXPIRED')
    expect(run({}, {}, NOW - 1000).checkedAt).toBe(NOW - 1000)
    await expect(() => run({}, {}, NOW - 1001)).toBeRefused('NOT_YET_VALID')
  })

  it.each<[string, TdxOptions, AttestationErrorCode]>([
    ['signed by another key than the attested one', { forger: { quote: forger } }, 'SIGNATURE'],
    ['whose quoting enclave is not signed by the platform', { forger: { qe: forger } }, 'SIGNATURE'],
    ['whose quoting enclave vouches for another key', { qeBinding: Buffer.alloc(32, 1) }, 'SIGNATURE'],
    ['whose quoting enclave says more than the hash', { qeReport: { 352: Buffer.of(1) } }, 'SIGNATURE'],
    ['of another key type', { header: { 2: Buffer.of(3) } }, 'NOT_SUPPORTED'],
    ['of another TEE', { header: { 4: Buffer.of(0x82) } }, 'NOT_SUPPORTED'],
    ['of another vendor', { header: { 12: Buffer.of(0) } }, 'NOT_SUPPORTED'],
    ['of a later version', { header: { 0: Buffer.of(6) } }, 'NOT_SUPPORTED'],
    ['whose certificate is no platform certificate', { pck: { name: 'Intel SGX TCB Signing' } }, 'CHAIN'],
    ['whose authority is none for platforms', { pckCa: { name: 'Intel SGX TCB Signing' } }, 'CHAIN'],
    ['whose certificate says nothing of the platform', { pck: { extensions: [] } }, 'CHAIN'],
    ['whose certificate has expired', { pck: { window: at(-10, -1) } }, 'EXPIRED'],
    ['whose certificate is not valid yet', { pck: { window: at(1, 10) } }, 'NOT_YET_VALID'],
    ['whose certificate is revoked', { revoked: ['pck'] }, 'REVOKED'],
    ['whose authority is revoked', { revoked: ['pckCa'] }, 'REVOKED'],
  ])('is refused %s', async (_, options, code) => {
    await expect(() => run(options)).toBeRefused(code)
  })

  it('is refused under a root that is not trusted, and Intel is the only one by default', async () => {
    const { evidence, policy } = tdxFixture()
    await expect(() => verifyTdx(evidence, { measurements: policy.measurements }, NOW)).toBeRefused('CHAIN', 'root')
  })
})

describe('the form of a quote', () => {
  const verify = (quote: Uint8Array, { evidence, policy } = tdxFixture()): unknown => verifyTdx({ ...evidence, quote }, policy, NOW)
  const patched = (version: 4 | 5, offset: number, bytes: readonly number[]): Buffer => {
    const quote = Buffer.from(tdxFixture({ version }).evidence.quote)
    quote.set(bytes, offset)
    return quote
  }

  it('of SGX is read, and refused as a platform', async () => {
    const header = Buffer.from(tdxFixture().evidence.quote.subarray(0, 48))
    header.set([3, 0, 2, 0, 0, 0, 0, 0])
    await expect(() => verify(Buffer.concat([header, Buffer.alloc(384), Buffer.alloc(4)]))).toBeRefused('NOT_SUPPORTED', 'SGX')
  })

  it.each<[string, 4 | 5, number, readonly number[], AttestationErrorCode]>([
    ['a TD in version 3', 4, 0, [3], 'MALFORMED'],
    ['a body that nobody knows', 5, 48, [9, 0], 'NOT_SUPPORTED'],
    ['an SGX body in a quote of a TD', 5, 48, [1, 0, 0x80, 1], 'MALFORMED'],
    ['a body of another length than its kind', 5, 50, [0x48, 2], 'MALFORMED'],
    ['another certification than by a quoting enclave', 4, 764, [5], 'NOT_SUPPORTED'],
    ['another certificate than a PCK chain', 4, 1252, [1], 'NOT_SUPPORTED'],
  ])('is refused with %s', async (_, version, offset, bytes, code) => {
    await expect(() => verify(patched(version, offset, bytes))).toBeRefused(code)
  })

  it('is refused with an incomplete or malformed SGX extension', async () => {
    for (const extension of ['3000', '3009300706032a03040400', '0500'])
      await expect(() => run({ pck: { extensions: [{ oid: '1.2.840.113741.1.13.1', value: Buffer.from(extension, 'hex') }] } })).toBeRefused('MALFORMED')
  })
})

describe('TDX collateral', () => {
  it.each<[string, TdxOptions, AttestationErrorCode]>([
    ['TCB info by another key', { forger: { tcbInfo: forger } }, 'SIGNATURE'],
    ['a forged QE identity', { forger: { qeIdentity: forger } }, 'SIGNATURE'],
    ['a signer that is not the TCB signing key', { tcbSigner: { name: 'Intel SGX PCK Certificate' } }, 'COLLATERAL'],
    ['a revoked TCB signer', { revoked: ['tcbSigner'] }, 'REVOKED'],
    ['TCB info of another platform', { tcbInfo: { fmspc: '00906ED50000' } }, 'COLLATERAL'],
    ['TCB info of another PCE', { tcbInfo: { pceId: '0001' } }, 'COLLATERAL'],
    ['TCB info of SGX', { tcbInfo: { id: 'SGX' } }, 'NOT_SUPPORTED'],
    ['TCB info of version 2', { tcbInfo: { version: 2 } }, 'NOT_SUPPORTED'],
    ['TCB info without levels', { tcbInfo: { tcbLevels: [] } }, 'MALFORMED'],
    ['an identity of the SGX quoting enclave', { qeIdentity: { id: 'QE' } }, 'NOT_SUPPORTED'],
    ['expired TCB info', { tcbInfo: { nextUpdate: iso(NOW - 1) } }, 'EXPIRED'],
    ['TCB info of later', { tcbInfo: { issueDate: iso(NOW + 1) } }, 'NOT_YET_VALID'],
    ['an expired QE identity', { qeIdentity: { nextUpdate: iso(NOW - 1) } }, 'EXPIRED'],
    ['an empty revocation list of the root', { collateral: () => ({ rootCrl: new Uint8Array() }) }, 'COLLATERAL'],
    ['an empty revocation list of platforms', { collateral: () => ({ pckCrl: new Uint8Array() }) }, 'COLLATERAL'],
    ['a forged revocation list of the root', { collateral: ({ root }) => ({ rootCrl: revocationList({ issuer: root, window, signer: forger }) }) }, 'SIGNATURE'],
    ['a forged revocation list of platforms', { collateral: ({ pckCa }) => ({ pckCrl: revocationList({ issuer: pckCa, window, signer: forger }) }) }, 'SIGNATURE'],
    ['the revocation list of another authority', { collateral: ({ root }) => ({ pckCrl: revocationList({ issuer: root, window }) }) }, 'COLLATERAL'],
    ['an expired revocation list', { collateral: ({ pckCa }) => ({ pckCrl: revocationList({ issuer: pckCa, window: at(-10, -1) }) }) }, 'EXPIRED'],
    ['a revocation list of later', { collateral: ({ root }) => ({ rootCrl: revocationList({ issuer: root, window: at(1, 10) }) }) }, 'NOT_YET_VALID'],
    [
      'a revocation list that covers a part only',
      { collateral: ({ root }) => ({ rootCrl: revocationList({ issuer: root, window, extensions: [{ oid: '2.5.29.28', critical: true, value: Buffer.of(0x30, 0) }] }) }) },
      'NOT_SUPPORTED',
    ],
    ['a revocation list whose authority may not sign any', { pckCa: { keyUsage: 0b0000_0100 } }, 'COLLATERAL'],
    [
      'a revocation list that holds changes only',
      { collateral: ({ root }) => ({ rootCrl: revocationList({ issuer: root, window, extensions: [{ oid: '2.5.29.27', value: Buffer.of(2, 1, 1) }] }) }) },
      'NOT_SUPPORTED',
    ],
    ['a chain of another root', { collateral: strangersChain }, 'CHAIN'],
    ['the chain of the TCB signer for the platforms', { collateral: ({ tcbSigner, root }) => ({ pckCrlChain: [tcbSigner.raw, root.raw] }) }, 'COLLATERAL'],
  ])('is refused with %s', async (_, options, code) => {
    await expect(() => run(options)).toBeRefused(code)
  })

  it('is accepted with signed lists that revoke nobody', () => {
    const collateral: TdxOptions['collateral'] = ({ root, pckCa }) => ({ rootCrl: revocationList({ issuer: root, window }), pckCrl: revocationList({ issuer: pckCa, window }) })
    expect(run({ collateral }).tcbStatus).toBe('UpToDate')
  })

  it('is refused with an unsigned revocation list', async () => {
    const unsigned = ({ pckCa }: { pckCa: Parameters<typeof revocationList>[0]['issuer'] }): { pckCrl: Buffer } => {
      const list = revocationList({ issuer: pckCa, window })
      const signature = list.subarray(-70)
      signature.fill(0)
      return { pckCrl: list }
    }
    await expect((async () => run({ collateral: unsigned }))()).rejects.toMatchObject({ name: 'AttestationError' })
  })

  it('is refused when it is of an earlier evaluation than the policy demands', async () => {
    expect(run({}, { minimumTcbEvaluationDataNumber: 17 }).tcbEvaluationDataNumber).toBe(17)
    await expect(() => run({}, { minimumTcbEvaluationDataNumber: 18 })).toBeRefused('COLLATERAL')
  })
})

function strangersChain(): { tcbInfoChain: Uint8Array[] } {
  const root = issue({ name: 'Intel SGX Root CA', key: ecKey('P-256'), algorithm: 'ecdsa-sha256', window, isCa: true })
  const signer = issue({ name: 'Intel SGX TCB Signing', key: forger, algorithm: 'ecdsa-sha256', window, issuer: root })
  return { tcbInfoChain: [signer.raw, root.raw] }
}

describe('the TCB of a TDX platform', () => {
  const anything = { tcbStatuses: ['UpToDate', 'SWHardeningNeeded', 'OutOfDate'] } as const

  it('is that of the first level it reaches in every component', () => {
    expect(run({ svn: 3 }, anything).platformTcbStatus).toBe('UpToDate')
    expect(run({ svn: 2 }, anything).platformTcbStatus).toBe('SWHardeningNeeded')
    expect(run({ pceSvn: 10 }, anything).platformTcbStatus).toBe('OutOfDate')
    expect(run({ report: { 2: Buffer.of(2) } }, anything).platformTcbStatus).toBe('SWHardeningNeeded')
  })

  it('is refused below every level', async () => {
    await expect(() => run({ svn: 0 }, anything)).toBeRefused('TCB')
    await expect(() => run({ pceSvn: 4 }, anything)).toBeRefused('TCB')
  })

  it('must be up to date unless the policy says otherwise', async () => {
    await expect(() => run({ svn: 2 })).toBeRefused('TCB', 'SWHardeningNeeded')
    await expect(() => run({ svn: 1 }, { tcbStatuses: ['UpToDate', 'SWHardeningNeeded'] })).toBeRefused('TCB', 'OutOfDate')
  })

  it('is never accepted when it is revoked', async () => {
    const levels = [{ svn: 1, pceSvn: 1, tdx: [], status: 'Revoked' }]
    await expect(() => run({ levels }, { tcbStatuses: ['UpToDate', 'Revoked'] })).toBeRefused('TCB')
  })

  it('includes the TDX module by its own identity', async () => {
    expect(run({ report: { 0: Buffer.of(MODULE_SVN) } }).moduleTcbStatus).toBe('UpToDate')
    await expect(() => run({ report: { 0: Buffer.of(MODULE_SVN - 1) } })).toBeRefused('TCB', 'TDX module is OutOfDate')
    await expect(() => run({ report: { 0: Buffer.of(1) } }, anything)).toBeRefused('TCB', 'below every level')
    await expect(() => run({ report: { 1: Buffer.of(9) } }, anything)).toBeRefused('TCB', 'does not know')
    await expect(() => run({ report: { 64: Buffer.of(1) } })).toBeRefused('TCB', 'signed by another key')
    await expect(() => run({ report: { 112: Buffer.of(1) } })).toBeRefused('TCB', 'attributes')
  })

  it('includes the quoting enclave by its own identity', async () => {
    const svn = (value: number): TdxOptions => ({ qeReport: { 258: Buffer.of(value) } })
    expect(run(svn(QE_SVN)).qeTcbStatus).toBe('UpToDate')
    const outdated = run(svn(QE_SVN - 1), anything)
    expect(outdated).toMatchObject({ qeTcbStatus: 'OutOfDate', tcbStatus: 'OutOfDate', advisoryIds: ['INTEL-SA-00001'] })
    await expect(() => run(svn(QE_SVN - 1))).toBeRefused('TCB', 'quoting enclave is OutOfDate')
    await expect(() => run(svn(2), anything)).toBeRefused('TCB', 'below every level')
    await expect(() => run({ qeReport: { 128: Buffer.of(0) } })).toBeRefused('TCB', 'signed by')
    await expect(() => run({ qeReport: { 256: Buffer.of(1) } })).toBeRefused('TCB', 'product')
    await expect(() => run({ qeReport: { 16: Buffer.of(1) } })).toBeRefused('TCB', 'MISCSELECT')
    await expect(() => run({ qeReport: { 48: Buffer.of(0x13) } })).toBeRefused('TCB', 'attributes')
  })
})

describe('the policy for a TDX guest', () => {
  it('refuses one under debug by default', async () => {
    await expect(() => run({ report: { 120: Buffer.of(1) } })).toBeRefused('DEBUG')
    await expect(() => run({ report: { 120: Buffer.of(0x80) } })).toBeRefused('DEBUG')
    expect(run({ report: { 120: Buffer.of(1) } }, { allowDebug: true }).debug).toBe(true)
  })

  it('refuses one that lets the host inject #VE', async () => {
    await expect(() => run({ report: { 123: Buffer.of(0) } })).toBeRefused('CLAIM')
    expect(run({ report: { 123: Buffer.of(0) } }, { allowSeptVe: true }).debug).toBe(false)
  })

  it('refuses one that may be moved', async () => {
    const movable = { report: { 123: Buffer.of(0x30) } }
    await expect(() => run(movable)).toBeRefused('CLAIM', 'moved')
    await expect(() => run({ version: 5, report: { 600: Buffer.of(1) } })).toBeRefused('CLAIM', 'moved')
    expect(run(movable, { allowMigration: true }).debug).toBe(false)
  })

  it.each([
    ['MRTD', 136],
    ['RTMR0', 328],
    ['RTMR1', 376],
    ['RTMR2', 424],
  ])('refuses another %s', async (name, offset) => {
    await expect(() => run({ report: { [offset]: Buffer.of(0xff) } })).toBeRefused('MEASUREMENT', name)
  })

  it('wants RTMR3 or events of it pinned', async () => {
    const { policy } = tdxFixture()
    if (policy.measurements === 'unpinned') throw new Error('the fixture pins')
    const { rtmr3: _, ...rest } = policy.measurements
    await expect(() => run({}, { measurements: rest })).toBeRefused('NO_POLICY')
    expect(run({}, { measurements: 'unpinned' }).pinned).toBe(false)
  })
})

describe('the event log of a TDX guest', () => {
  const event = (name: string, payload: string) => ({ register: 3, type: 0x08_00_00_01, name, payload: Buffer.from(payload) }) as const
  const events = [event('compose-hash', 'abc'), event('system-ready', '')]
  const pin = (pins: Record<string, string[]>): Partial<TdxPolicy> => {
    const { policy } = tdxFixture({ events })
    if (policy.measurements === 'unpinned') throw new Error('the fixture pins')
    const { rtmr3: _, ...measurements } = policy.measurements
    return { measurements: { ...measurements, events: pins } }
  }
  const abc = Buffer.from('abc').toString('hex')

  it('leads to RTMR3, and its events can be pinned', async () => {
    expect(run({ events }, pin({ 'compose-hash': [abc] })).events).toEqual([
      { name: 'compose-hash', payload: `0x${abc}` },
      { name: 'system-ready', payload: '0x' },
    ])
    await expect(() => run({ events }, pin({ 'compose-hash': ['00'] }))).toBeRefused('MEASUREMENT', 'compose-hash')
    await expect(() => run({ events }, pin({ 'app-id': ['00'] }))).toBeRefused('MEASUREMENT', '0 times')
  })

  it('is refused when an event is missing, added, changed or moved', async () => {
    const { evidence, policy } = tdxFixture({ events })
    const [first, second] = events as [(typeof events)[0], (typeof events)[1]]
    for (const eventLog of [[], [first], [first, second, second], [second, first], [{ ...first, type: 1 }, second], [event('compose-hash', 'abd'), second]])
      await expect(() => verifyTdx({ ...evidence, eventLog }, policy, NOW)).toBeRefused('MEASUREMENT', 'RTMR3')
  })

  it('does not take a pinned event that the application has repeated', async () => {
    const twice = [...events, event('compose-hash', 'abc')]
    await expect(() => run({ events: twice }, pin({ 'compose-hash': [abc] }))).toBeRefused('MEASUREMENT', '2 times')
  })

  it('must be there where events are pinned', async () => {
    await expect(() => run({}, pin({ 'compose-hash': [abc] }))).toBeRefused('COLLATERAL')
  })
})
