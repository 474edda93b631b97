import type { KeyObject } from 'node:crypto'
import { type JSONWebKeySet, compactVerify, createLocalJWKSet } from 'jose'
import { z } from 'zod/v4'
import { AttestationError, refuse } from '../errors.ts'
import { VENDOR_ROOTS } from '../roots.ts'
import { parsing, toHex } from '../shared/bytes.ts'
import { checkChain } from '../shared/chain.ts'
import { fromBase64, readPem } from '../shared/pem.ts'
import { CLOCK_SKEW, checkValidity } from '../shared/time.ts'
import type { ConfidentialSpaceVerdict } from '../verdict.ts'
import { type ClaimsPolicy, checkClaims, isDebug, noncesOf, readClaims } from './claims.ts'

export type ConfidentialSpaceEvidence = { readonly platform: 'confidential-space'; /** A JWS in compact form. */ readonly token: string }

export type ConfidentialSpacePolicy = ClaimsPolicy & {
  /**
   * PKI tokens carry certificates up to Google's root. OIDC tokens are signed by one of the keys that Google publishes
   * for its issuer; they are trust, not evidence, so the caller fetches them. Default: PKI with Google's root.
   */
  readonly trust?: { readonly kind: 'pki'; readonly roots?: readonly string[] } | { readonly kind: 'oidc'; readonly keys: JSONWebKeySet }
}

const ALGORITHM = 'RS256'
const headerSchema = z.object({ alg: z.literal(ALGORITHM), x5c: z.array(z.string()).optional() })

/** Verifies a token of Google's Confidential Space for the time `at` (seconds). */
export async function verifyConfidentialSpace(
  { token }: ConfidentialSpaceEvidence,
  policy: ConfidentialSpacePolicy,
  at: number,
): Promise<ConfidentialSpaceVerdict> {
  const [header, payload] = splitToken(token)
  const trust = policy.trust ?? { kind: 'pki' }
  const { x5c } = parsing("The token's header", () => headerSchema.parse(JSON.parse(Buffer.from(header).toString())))
  const chain = trust.kind === 'pki' ? checkChain(readX5c(x5c), { at, roots: trust.roots ?? VENDOR_ROOTS.confidentialSpace, what: 'the token', length: 3 }) : undefined
  await checkToken(token, chain?.leaf.key ?? (trust as { keys: JSONWebKeySet }).keys)

  const claims = readClaims(payload)
  checkValidity({ notBefore: Math.max(claims.nbf, claims.iat) - CLOCK_SKEW, notAfter: claims.exp - 1 }, at, 'The token')
  checkClaims(claims, policy)
  const nonces = noncesOf(claims)
  return {
    platform: 'confidential-space',
    checkedAt: at,
    validUntil: Math.min(claims.exp - 1, chain?.validity.notAfter ?? Number.POSITIVE_INFINITY),
    debug: isDebug(claims),
    pinned: policy.imageDigests !== 'unpinned',
    boundData: toHex(Buffer.from(nonces[0] ?? '')),
    audience: claims.aud,
    subject: claims.sub,
    issuedAt: claims.iat,
    imageDigest: claims.submods.container.image_digest,
    hardware: claims.hwmodel,
    nonces,
    serviceAccounts: claims.google_service_accounts ?? [],
  }
}

/** Header and payload. Each part has one spelling: decoders otherwise drop the bits that fill its last character. */
function splitToken(token: string): [Uint8Array, Uint8Array] {
  const parts = token.split('.')
  const [header, payload, signature] = parts.map((part) => Buffer.from(part, 'base64url'))
  const canonical = [header, payload, signature].map((bytes) => bytes?.toString('base64url')).join('.') === token
  if (!header || !payload || !signature || !canonical) refuse('MALFORMED', 'The token is not a compact JWS.')
  return [header, payload]
}

/** Google has written certificates into `x5c` bare, as RFC 7515 has it, and as PEM. */
function readX5c(x5c: readonly string[] | undefined): Uint8Array[] {
  if (!x5c) refuse('CHAIN', 'The token carries no certificates, so it is not a PKI token.')
  return x5c.flatMap((it) => (it.startsWith('-----BEGIN') ? readPem(it) : [fromBase64(it)]))
}

async function checkToken(token: string, key: KeyObject | JSONWebKeySet): Promise<void> {
  try {
    if ('keys' in key) await compactVerify(token, createLocalJWKSet(key), { algorithms: [ALGORITHM] })
    else await compactVerify(token, key as KeyObject, { algorithms: [ALGORITHM] })
  } catch (cause) {
    throw new AttestationError('SIGNATURE', 'The signature of the token does not hold.', { cause })
  }
}
