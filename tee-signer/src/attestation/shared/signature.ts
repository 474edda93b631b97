import { type KeyObject, constants, createPublicKey, verify } from 'node:crypto'
import { refuse } from '../errors.ts'
import { parsing } from './bytes.ts'
import { type Der, Parts, TAG, context, oid, readDer, smallInteger } from './der.ts'

type Algorithm = { readonly hash: 'sha256' | 'sha384'; readonly kind: 'ec' | 'rsa' | 'rsa-pss'; readonly saltLength?: number }

const SHA256 = '2.16.840.1.101.3.4.2.1'
const SHA384 = '2.16.840.1.101.3.4.2.2'
const MGF1 = '1.2.840.113549.1.1.8'

/** A public key of its SubjectPublicKeyInfo. */
export function publicKeyOf(spki: Uint8Array): KeyObject {
  return parsing('A public key', () => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }))
}

/** What an AlgorithmIdentifier stands for, of those that the platforms' certificates use. */
export function algorithmOf(node: Der): Algorithm {
  const parts = new Parts(node)
  const identifier = oid(parts.take())
  switch (identifier) {
    case '1.2.840.10045.4.3.2':
      parts.end()
      return { hash: 'sha256', kind: 'ec' }
    case '1.2.840.10045.4.3.3':
      parts.end()
      return { hash: 'sha384', kind: 'ec' }
    case '1.2.840.113549.1.1.11':
    case '1.2.840.113549.1.1.12':
      readDer(parts.take().raw, TAG.null)
      parts.end()
      return { hash: identifier.endsWith('11') ? 'sha256' : 'sha384', kind: 'rsa' }
    case '1.2.840.113549.1.1.10': {
      const algorithm = pssOf(parts.take())
      parts.end()
      return algorithm
    }
    default:
      return refuse('NOT_SUPPORTED', 'A certificate is signed by an algorithm that is not verified here.', identifier)
  }
}

/** Refuses a signature in DER (ECDSA) or PKCS #1 (RSA) that does not hold. */
export function checkSignature(parameters: {
  algorithm: Algorithm
  key: KeyObject
  data: Uint8Array
  signature: Uint8Array
  what: string
}): void {
  const { algorithm, key, data, signature, what } = parameters
  const keyType = algorithm.kind === 'rsa-pss' ? 'rsa' : algorithm.kind
  if (key.asymmetricKeyType !== keyType) refuse('SIGNATURE', `${what} is signed by a key of another kind.`)
  const options =
    algorithm.kind === 'rsa-pss'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength ?? 0 }
      : { key, dsaEncoding: 'der' as const }
  if (!holds(() => verify(algorithm.hash, data, options, signature))) refuse('SIGNATURE', `The signature of ${what} does not hold.`)
}

/** Refuses an ECDSA signature as two numbers side by side, big endian, that does not hold. */
export function checkRawEcdsa(parameters: {
  hash: 'sha256' | 'sha384'
  curve: 'prime256v1' | 'secp384r1'
  key: KeyObject
  data: Uint8Array
  signature: Uint8Array
  what: string
}): void {
  const { hash, curve, key, data, signature, what } = parameters
  if (key.asymmetricKeyDetails?.namedCurve !== curve) refuse('SIGNATURE', `${what} is signed by a key of another kind.`)
  if (signature.length !== (curve === 'prime256v1' ? 64 : 96)) refuse('MALFORMED', `The signature of ${what} has another length.`)
  if (!holds(() => verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature))) refuse('SIGNATURE', `The signature of ${what} does not hold.`)
}

/** OpenSSL answers no, or throws where key and signature do not fit together; both mean no. */
function holds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

/** RSASSA-PSS-params (RFC 4055) with the same SHA-2 hash for the message and for its mask. */
function pssOf(node: Der): Algorithm {
  const parts = new Parts(node)
  const hash = hashOf(inner(parts.take(context(0))))
  const mask = new Parts(inner(parts.take(context(1))))
  if (oid(mask.take()) !== MGF1 || hashOf(mask.take()) !== hash)
    refuse('NOT_SUPPORTED', 'A certificate is signed by RSA-PSS with an unusual mask.')
  mask.end()
  const saltLength = smallInteger(inner(parts.take(context(2))))
  const trailer = parts.optional(context(3))
  if (trailer && smallInteger(inner(trailer)) !== 1) refuse('NOT_SUPPORTED', 'A certificate is signed by RSA-PSS with an unusual trailer.')
  parts.end()
  return { hash, kind: 'rsa-pss', saltLength }
}

function hashOf(node: Der): 'sha256' | 'sha384' {
  const parts = new Parts(node)
  const identifier = oid(parts.take())
  parts.optional(TAG.null)
  parts.end()
  if (identifier === SHA256) return 'sha256'
  if (identifier === SHA384) return 'sha384'
  return refuse('NOT_SUPPORTED', 'A certificate is signed over a hash that is not verified here.', identifier)
}

const inner = (node: Der): Der => readDer(node.content)
