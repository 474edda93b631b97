import { type KeyObject, createHash } from 'node:crypto'
import { refuse } from '../errors.ts'
import { equalBytes } from './bytes.ts'
import { type Der, Parts, TAG, bitStringBytes, boolean, children, context, integerBytes, oid, readDer, smallInteger, time } from './der.ts'
import { algorithmOf, checkSignature, publicKeyOf } from './signature.ts'
import type { Validity } from './time.ts'

/** An X.509 v3 certificate, as far as the verifiers ask. Names are compared as the bytes they are. */
export type Certificate = {
  readonly raw: Uint8Array
  readonly serial: Uint8Array
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly validity: Validity
  readonly spki: Uint8Array
  readonly key: KeyObject
  readonly isCa: boolean
  /** How many authorities may stand below it; `undefined` means any number. */
  readonly pathLength: number | undefined
  /** `undefined` where the certificate does not say what its key is for. */
  readonly mayCertify: boolean | undefined
  readonly maySignCrls: boolean | undefined
  /** Contents of extensions by object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>
  readonly signed: Signed
}

/** `SEQUENCE { to be signed, algorithm, signature }`, which certificates and revocation lists have in common. */
export type Signed = { readonly body: Der; readonly algorithm: Der; readonly signature: Uint8Array }

const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'
/** Extensions that may be critical: these two are obeyed, the extended key usage of a leaf restricts nothing here. */
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, '2.5.29.37'])

/** SHA-256 of the certificate's DER, in hex without 0x: the form in which roots are pinned. */
export function fingerprint(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex')
}

export function readSigned(bytes: Uint8Array): Signed {
  const parts = new Parts(readDer(bytes))
  const signed = { body: parts.take(TAG.sequence), algorithm: parts.take(TAG.sequence), signature: bitStringBytes(parts.take()) }
  parts.end()
  return signed
}

/** Refuses what `issuer` has not signed. */
export function checkSignedBy(signed: Signed, issuer: KeyObject, what: string): void {
  const { body, algorithm, signature } = signed
  checkSignature({ algorithm: algorithmOf(algorithm), key: issuer, data: body.raw, signature, what })
}

export function readCertificate(bytes: Uint8Array): Certificate {
  const signed = readSigned(bytes)
  const parts = new Parts(signed.body)
  const version = parts.optional(context(0))
  if (!version || smallInteger(readDer(version.content)) !== 2) refuse('MALFORMED', 'A certificate is not X.509 version 3.')
  const serial = integerBytes(parts.take())
  if (!equalBytes(parts.take().raw, signed.algorithm.raw)) refuse('MALFORMED', 'A certificate names two signature algorithms.')
  const issuer = parts.take(TAG.sequence).raw
  const validity = readValidity(parts.take())
  const subject = parts.take(TAG.sequence).raw
  const spki = parts.take(TAG.sequence).raw
  const extensions = readExtensions(parts.optional(context(3)))
  parts.end()
  const usage = extensions.get(KEY_USAGE)
  return {
    raw: bytes,
    serial,
    issuer,
    subject,
    validity,
    spki,
    key: publicKeyOf(spki),
    ...readBasicConstraints(extensions.get(BASIC_CONSTRAINTS)),
    mayCertify: usage && hasUsage(usage, 5),
    maySignCrls: usage && hasUsage(usage, 6),
    extensions,
    signed,
  }
}

/** The common name of a Name, if it has exactly one. */
export function commonName(name: Uint8Array): string | undefined {
  const names = children(readDer(name), TAG.sequence)
    .flatMap((set) => children(set, TAG.set))
    .map((attribute) => children(attribute, TAG.sequence))
    .filter(([type]) => type !== undefined && oid(type) === '2.5.4.3')
    .map(([, value]) => Buffer.from(value?.content ?? []).toString())
  return names.length === 1 ? names[0] : undefined
}

function readValidity(node: Der): Validity {
  const parts = new Parts(node)
  const validity = { notBefore: time(parts.take()), notAfter: time(parts.take()) }
  parts.end()
  return validity
}

/** `[3] EXPLICIT SEQUENCE OF Extension`; a critical one that is not understood is refused, as RFC 5280 demands. */
export function readExtensions(wrapper: Der | undefined, understood: ReadonlySet<string> = UNDERSTOOD): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  if (!wrapper) return found
  for (const extension of children(readDer(wrapper.content), TAG.sequence)) {
    const parts = new Parts(extension)
    const identifier = oid(parts.take())
    const flag = parts.optional(TAG.boolean)
    const critical = flag !== undefined && boolean(flag)
    const { content } = parts.take(TAG.octetString)
    parts.end()
    if (found.has(identifier)) refuse('MALFORMED', 'A certificate carries an extension twice.', identifier)
    if (critical && !understood.has(identifier)) refuse('NOT_SUPPORTED', 'A certificate has a critical extension that is not understood.', identifier)
    found.set(identifier, content)
  }
  return found
}

function readBasicConstraints(bytes: Uint8Array | undefined): { isCa: boolean; pathLength: number | undefined } {
  if (!bytes) return { isCa: false, pathLength: undefined }
  const parts = new Parts(readDer(bytes))
  const flag = parts.optional(TAG.boolean)
  const length = parts.optional(TAG.integer)
  parts.end()
  return { isCa: flag !== undefined && boolean(flag), pathLength: length && smallInteger(length) }
}

/** Bit `number` of a KeyUsage, counted from the most significant one (RFC 5280, 4.2.1.3). */
function hasUsage(bytes: Uint8Array, number: number): boolean {
  const { tag, content } = readDer(bytes)
  if (tag !== TAG.bitString || content.length < 2) refuse('MALFORMED', 'A key usage is not one.')
  return ((content[1 + (number >> 3)] ?? 0) & (0x80 >> (number & 7))) !== 0
}
