import { describe, expect, it } from 'vitest'
import { commonName, readCertificate } from '../../src/attestation/shared/certificate.ts'
import { checkChain } from '../../src/attestation/shared/chain.ts'
import { children, readDer } from '../../src/attestation/shared/der.ts'
import { checkNotRevoked, checkRevocationList } from '../../src/attestation/shared/revocation.ts'
import './expectations.ts'
import { type CertificateOptions, type Issued, ecKey, fingerprint, issue, revocationList, rsaKey } from './pki/authority.ts'
import { bits, explicit, integer, nothing, octets, oid, sequence } from './pki/der.ts'
import { NOW, at } from './pki/time.ts'

const window = at(-100, 100)
const root = issue({ name: 'root', key: ecKey('P-256'), algorithm: 'ecdsa-sha256', window, isCa: true })
const leaf = (changes: Partial<CertificateOptions> = {}): Issued => issue({ name: 'leaf', key: ecKey('P-256'), algorithm: 'ecdsa-sha256', window, issuer: root, ...changes })
const chain = (certificates: readonly Issued[], roots = [fingerprint(root)], length?: number): ReturnType<typeof checkChain> =>
  checkChain(
    certificates.map(({ raw }) => raw),
    { at: NOW, roots, what: 'the test', ...(length !== undefined && { length }) },
  )

describe('readCertificate', () => {
  it('reads what it was issued with', () => {
    const certificate = readCertificate(root.raw)
    expect(certificate).toMatchObject({ isCa: true, mayCertify: true, maySignCrls: true, pathLength: undefined, validity: { notBefore: window.from, notAfter: window.until } })
    expect(commonName(certificate.subject)).toBe('root')
    expect(readCertificate(leaf().raw)).toMatchObject({ isCa: false, mayCertify: false, maySignCrls: false })
  })

  it.each<[string, Partial<CertificateOptions>, string]>([
    ['of version 2', { version: 1 }, 'version 3'],
    ['that names two algorithms', { claimedAlgorithm: 'ecdsa-sha384' }, 'two signature algorithms'],
    ['with an extension twice', { extensions: [{ oid: '2.5.29.15', value: bits(Buffer.of(6)) }] }, 'twice'],
  ])('refuses one %s', async (_, changes, message) => {
    await expect(() => readCertificate(leaf(changes).raw)).toBeRefused('MALFORMED', message)
  })

  it('refuses one with something between its parts', async () => {
    const parts = children(readDer(leaf().raw)).map(({ raw }) => raw)
    await expect(() => readCertificate(sequence(...parts, nothing()))).toBeRefused('MALFORMED', 'too long')
    await expect(() => readCertificate(sequence(...parts.slice(0, 2)))).toBeRefused('MALFORMED', 'too short')
  })
})

describe('checkChain', () => {
  it('takes leaf and root', () => {
    expect(chain([leaf(), root]).validity).toEqual({ notBefore: window.from, notAfter: window.until })
  })

  it('refuses a root alone, too many certificates, or not as many as wanted', async () => {
    await expect(() => chain([root])).toBeRefused('CHAIN', '1 certificates')
    await expect(() => chain([leaf(), ...Array.from({ length: 8 }, () => root)])).toBeRefused('CHAIN', '9 certificates')
    await expect(() => chain([leaf(), root], [fingerprint(root)], 3)).toBeRefused('CHAIN', '2 certificates')
    await expect(() => chain([])).toBeRefused('CHAIN', '0 certificates')
  })

  it('refuses a leaf of another issuer, by name and by key', async () => {
    const other = issue({ name: 'other', key: ecKey('P-256'), algorithm: 'ecdsa-sha256', window, isCa: true })
    const namesake = issue({ name: 'root', key: ecKey('P-256'), algorithm: 'ecdsa-sha256', window, isCa: true })
    await expect(() => chain([leaf(), other], [fingerprint(other)])).toBeRefused('CHAIN', 'another issuer')
    await expect(() => chain([leaf(), namesake], [fingerprint(namesake)])).toBeRefused('SIGNATURE')
  })

  it('refuses a signature of another kind than the issuer has a key for', async () => {
    const rsa = issue({ name: 'root', key: rsaKey('ark'), algorithm: 'rsa-sha256', window, isCa: true })
    await expect(() => chain([leaf(), rsa], [fingerprint(rsa)])).toBeRefused('SIGNATURE', 'another kind')
  })

  const sha = (arc: number): Buffer => sequence(oid(`2.16.840.1.101.3.4.2.${arc}`), nothing())
  const pss = (hash: Buffer, mask: Buffer, salt: Buffer, ...more: Buffer[]): Buffer =>
    sequence(oid('1.2.840.113549.1.1.10'), sequence(explicit(0, hash), explicit(1, mask), explicit(2, salt), ...more))
  const mgf1 = (hash: Buffer, name = '1.2.840.113549.1.1.8'): Buffer => sequence(oid(name), hash)
  it.each([
    ['an unknown algorithm', sequence(oid('1.2.840.10045.4.3.4'))],
    ['SHA-1', sequence(oid('1.2.840.113549.1.1.5'), nothing())],
    ['RSA-PSS over SHA-512', pss(sha(3), mgf1(sha(3)), integer(64))],
    ['RSA-PSS with another hash for its mask', pss(sha(2), mgf1(sha(1)), integer(48))],
    ['RSA-PSS with another mask', pss(sha(2), mgf1(sha(2), '1.2.840.113549.1.1.9'), integer(48))],
    ['RSA-PSS with another trailer', pss(sha(2), mgf1(sha(2)), integer(48), explicit(3, integer(2)))],
  ])('refuses a signature by %s', async (_, algorithm) => {
    const plain = leaf()
    const own = sequence(oid('1.2.840.10045.4.3.2'))
    const swapped = replaceAll(plain.raw, own, algorithm)
    await expect(() => chain([{ ...plain, raw: swapped }, root])).toBeRefused('NOT_SUPPORTED')
  })
})

/** The certificate with another algorithm in both of its places; its signature is worth nothing then. */
function replaceAll(certificate: Buffer, own: Buffer, other: Buffer): Buffer {
  const [body, , signature] = children(readDer(certificate))
  if (!body || !signature) throw new Error('not a certificate')
  const swapped = children(body).map(({ raw }) => (own.equals(raw) ? other : raw))
  return sequence(sequence(...swapped), other, signature.raw)
}

describe('checkRevocationList', () => {
  const authority = readCertificate(root.raw)
  const read = (options: Partial<Parameters<typeof revocationList>[0]>): ReturnType<typeof checkRevocationList> =>
    checkRevocationList(revocationList({ issuer: root, window, ...options }), authority, NOW, 'the test')

  it('finds whom it names, and nobody else', async () => {
    const list = read({ revoked: [5n, 255n, 2n ** 159n] })
    for (const serial of [5n, 255n, 2n ** 159n]) await expect(() => checkNotRevoked(readCertificate(leaf({ serial }).raw), list, 'the test')).toBeRefused('REVOKED')
    for (const serial of [4n, 0n, 2n ** 158n]) expect(() => checkNotRevoked(readCertificate(leaf({ serial }).raw), list, 'the test')).not.toThrow()
  })

  it.each<[string, Partial<Parameters<typeof revocationList>[0]>, 'MALFORMED' | 'NOT_SUPPORTED']>([
    ['of version 1', { version: 0 }, 'MALFORMED'],
    ['that names two algorithms', { claimedAlgorithm: 'ecdsa-sha384' }, 'MALFORMED'],
    ['with a critical extension', { extensions: [{ oid: '1.2.3', critical: true, value: octets(Buffer.of()) }] }, 'NOT_SUPPORTED'],
  ])('refuses one %s', async (_, options, code) => {
    await expect(() => read(options)).toBeRefused(code)
  })
})
