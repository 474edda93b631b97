import { createHash, sign } from 'node:crypto'
import { exportJWK } from 'jose'
import type { ConfidentialSpaceEvidence, ConfidentialSpacePolicy } from '../../../src/attestation/index.ts'
import { type CertificateOptions, type Issued, type KeyPair, fingerprint, issue, rsaKey } from './authority.ts'
import { NOW, at } from './time.ts'

export const AUDIENCE = 'https://signer.example'
export const IMAGE = `sha256:${createHash('sha256').update('image').digest('hex')}`

export type TokenOptions = {
  kind?: 'pki' | 'oidc'
  claims?: Readonly<Record<string, unknown>>
  container?: Readonly<Record<string, unknown>>
  confidentialSpace?: Readonly<Record<string, unknown>>
  header?: Readonly<Record<string, unknown>>
  leaf?: Partial<CertificateOptions>
  /** Certificates in PEM instead of bare base64. */
  pem?: boolean
  signer?: KeyPair
}

type Policy = ConfidentialSpacePolicy

/** A token of a Confidential Space workload and the policy it fulfils, under a root or a key of its own. */
export async function tokenFixture(options: TokenOptions = {}): Promise<{ evidence: ConfidentialSpaceEvidence; policy: Policy }> {
  const { kind = 'pki' } = options
  const algorithm = 'rsa-sha256'
  const root = issue({ name: 'Confidential Space Root CA', key: rsaKey('root'), algorithm, window: at(-9000, 9000), isCa: true })
  const middle = issue({ name: 'Intermediate', key: rsaKey('middle'), algorithm, window: at(-5000, 5000), issuer: root, isCa: true, pathLength: 0 })
  const leaf = issue({ name: 'Leaf', key: rsaKey('leaf'), algorithm, window: at(-4000, 4000), issuer: middle, ...options.leaf })
  const header = kind === 'pki' ? { x5c: [leaf, middle, root].map((it) => encodeCertificate(it, options.pem ?? false)) } : { kid: 'key-1' }
  const parts = [{ alg: 'RS256', typ: 'JWT', ...header, ...options.header }, claimsOf(options)]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(text), (options.signer ?? leaf).privateKey)
  const keys = { keys: [{ ...(await exportJWK(leaf.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }] }
  const trust = kind === 'pki' ? ({ kind, roots: [fingerprint(root)] } as const) : ({ kind, keys } as const)
  return {
    evidence: { platform: 'confidential-space', token: `${text}.${signature.toString('base64url')}` },
    policy: { audience: AUDIENCE, imageDigests: [IMAGE], trust },
  }
}

function claimsOf({ claims, container, confidentialSpace }: TokenOptions): Record<string, unknown> {
  return {
    iss: 'https://confidentialcomputing.googleapis.com',
    aud: AUDIENCE,
    sub: 'https://www.googleapis.com/compute/v1/projects/p/zones/z/instances/i',
    iat: NOW,
    nbf: NOW,
    exp: NOW + 3600,
    eat_nonce: 'a'.repeat(64),
    secboot: true,
    hwmodel: 'GCP_INTEL_TDX',
    swname: 'CONFIDENTIAL_SPACE',
    swversion: ['250301'],
    dbgstat: 'disabled-since-boot',
    google_service_accounts: ['signer@project.example'],
    submods: {
      confidential_space: { support_attributes: ['LATEST', 'STABLE', 'USABLE'], ...confidentialSpace },
      container: { image_digest: IMAGE, image_reference: 'registry.example/signer', args: [], env: {}, ...container },
      gce: { project_id: 'project', zone: 'z' },
    },
    ...claims,
  }
}

function encodeCertificate({ raw }: Issued, pem: boolean): string {
  const base64 = raw.toString('base64')
  return pem ? `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n` : base64
}
