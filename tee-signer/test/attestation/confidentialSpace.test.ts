import { describe, expect, it } from 'vitest'
import { type AttestationErrorCode, type ConfidentialSpacePolicy, type ConfidentialSpaceVerdict, verifyConfidentialSpace } from '../../src/attestation/index.ts'
import './expectations.ts'
import { rsaKey } from './pki/authority.ts'
import { AUDIENCE, IMAGE, type TokenOptions, tokenFixture } from './pki/confidentialSpace.ts'
import { NOW, at } from './pki/time.ts'

const run = async (options: TokenOptions = {}, policy: Partial<ConfidentialSpacePolicy> = {}, time = NOW): Promise<ConfidentialSpaceVerdict> => {
  const fixture = await tokenFixture(options)
  return verifyConfidentialSpace(fixture.evidence, { ...fixture.policy, ...policy }, time)
}

describe('a Confidential Space token', () => {
  it.each(['pki', 'oidc'] as const)('of kind %s is accepted when it is right, and says what it holds', async (kind) => {
    const verdict = await run({ kind })
    expect(verdict).toMatchObject({ platform: 'confidential-space', debug: false, pinned: true, audience: AUDIENCE, imageDigest: IMAGE, nonces: ['a'.repeat(64)] })
    expect(verdict.validUntil).toBe(NOW + 3599)
  })

  it('may carry its certificates as PEM', async () => {
    expect((await run({ pem: true })).pinned).toBe(true)
  })

  it('holds until the second before it expires, and from a minute before it was made', async () => {
    expect((await run({}, {}, NOW + 3599)).checkedAt).toBe(NOW + 3599)
    await expect(() => run({}, {}, NOW + 3600)).toBeRefused('EXPIRED')
    expect((await run({}, {}, NOW - 60)).checkedAt).toBe(NOW - 60)
    await expect(() => run({}, {}, NOW - 61)).toBeRefused('NOT_YET_VALID')
  })

  const claims = (changes: Record<string, unknown>): TokenOptions => ({ claims: changes })
  it.each<[string, TokenOptions, AttestationErrorCode]>([
    ['signed by another key', { signer: rsaKey('stranger') }, 'SIGNATURE'],
    ['signed by another key than published', { kind: 'oidc', signer: rsaKey('stranger') }, 'SIGNATURE'],
    ['of a key that is not published', { kind: 'oidc', header: { kid: 'key-2' } }, 'SIGNATURE'],
    ['without a signature algorithm', { header: { alg: 'none' } }, 'MALFORMED'],
    ['signed by a shared secret', { kind: 'oidc', header: { alg: 'HS256' } }, 'MALFORMED'],
    ['without certificates', { header: { x5c: [] } }, 'CHAIN'],
    ['whose certificates are not base64', { header: { x5c: ['*', '*', '*'] } }, 'MALFORMED'],
    ['with a header that must be understood', { header: { crit: ['other'], other: true } }, 'SIGNATURE'],
    ['whose certificate has expired', { leaf: { window: at(-10, -1) } }, 'EXPIRED'],
    ['whose leaf is an authority', { leaf: { isCa: true } }, 'CHAIN'],
    ['of another issuer', claims({ iss: 'https://accounts.google.com' }), 'CLAIM'],
    ['for another audience', claims({ aud: 'https://other.example' }), 'CLAIM'],
    ['of other software', claims({ swname: 'GCE' }), 'CLAIM'],
    ['of other hardware', claims({ hwmodel: 'GCP_SHIELDED_VM' }), 'CLAIM'],
    ['without secure boot', claims({ secboot: false }), 'CLAIM'],
    ['under debug', claims({ dbgstat: 'enabled' }), 'DEBUG'],
    ['that was under debug once', claims({ dbgstat: 'disabled' }), 'DEBUG'],
    ['without a claim on debug', claims({ dbgstat: undefined }), 'MALFORMED'],
    ['of an image that is not stable', { confidentialSpace: { support_attributes: ['USABLE'] } }, 'CLAIM'],
    ['of another container', { container: { image_digest: `sha256:${'0'.repeat(64)}` } }, 'MEASUREMENT'],
    ['whose command was replaced', { container: { cmd_override: ['sh'] } }, 'CLAIM'],
    ['whose environment was replaced', { container: { env_override: { A: 'b' } } }, 'CLAIM'],
  ])('is refused %s', async (_, options, code) => {
    await expect(() => run(options)).toBeRefused(code)
  })

  it('is refused under a root that is not trusted, and Google is the only one by default', async () => {
    const { evidence, policy } = await tokenFixture()
    await expect(() => verifyConfidentialSpace(evidence, { audience: policy.audience, imageDigests: policy.imageDigests }, NOW)).toBeRefused('CHAIN', 'root')
  })

  it('is refused when the policy wants certificates and it has none', async () => {
    const { evidence } = await tokenFixture({ kind: 'oidc' })
    const { policy } = await tokenFixture()
    await expect(() => verifyConfidentialSpace(evidence, policy, NOW)).toBeRefused('CHAIN')
  })

  it('is held to version, project and service account of the policy', async () => {
    expect((await run({}, { minimumSoftwareVersion: 250_301, projects: ['project'], serviceAccounts: ['signer@project.example'] })).pinned).toBe(true)
    await expect(() => run({}, { minimumSoftwareVersion: 250_302 })).toBeRefused('TCB')
    await expect(() => run(claims({ swversion: ['x'] }), { minimumSoftwareVersion: 1 })).toBeRefused('TCB')
    await expect(() => run({}, { projects: ['other'] })).toBeRefused('CLAIM')
    await expect(() => run({}, { serviceAccounts: ['other@project.example'] })).toBeRefused('CLAIM')
  })

  it('under debug or with overrides is accepted where the policy says so', async () => {
    expect((await run({ claims: { dbgstat: 'enabled' }, confidentialSpace: { support_attributes: undefined } }, { allowDebug: true })).debug).toBe(true)
    expect((await run({ container: { env_override: { A: 'b' } } }, { allowOverrides: true })).debug).toBe(false)
  })
})
