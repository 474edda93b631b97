import { refuse } from '../errors.ts'
import { equalBytes, toHex } from './bytes.ts'
import { type Certificate, checkSignedBy, readExtensions, readSigned } from './certificate.ts'
import { Parts, TAG, children, context, integerBytes, smallInteger, time } from './der.ts'
import { type Validity, checkValidity } from './time.ts'

/** A revocation list whose issuer, signature and time have been checked. */
export type RevocationList = { readonly validity: Validity; readonly revoked: ReadonlySet<string> }

/** No critical extension of a list is understood: it could narrow down what the list covers. */
const UNDERSTOOD: ReadonlySet<string> = new Set()
/** Delta lists hold only what changed. */
const DELTA_INDICATOR = '2.5.29.27'

/** Reads a list (RFC 5280, version 2, DER) that `issuer` must have signed and that must hold at `at`. */
export function checkRevocationList(bytes: Uint8Array, issuer: Certificate, at: number, what: string): RevocationList {
  if (bytes.length === 0) refuse('COLLATERAL', `The revocation list of ${what} is empty.`)
  const signed = readSigned(bytes)
  const parts = new Parts(signed.body)
  const version = parts.take(TAG.integer)
  if (smallInteger(version) !== 1) refuse('MALFORMED', `The revocation list of ${what} is not version 2.`)
  if (!equalBytes(parts.take().raw, signed.algorithm.raw)) refuse('MALFORMED', `The revocation list of ${what} names two algorithms.`)
  if (!equalBytes(parts.take(TAG.sequence).raw, issuer.subject)) refuse('COLLATERAL', `The revocation list of ${what} is another authority's.`)
  const validity = { notBefore: time(parts.take()), notAfter: time(parts.take()) }
  const list = parts.optional(TAG.sequence)
  const extensions = readExtensions(parts.optional(context(0)), UNDERSTOOD)
  parts.end()
  if (extensions.has(DELTA_INDICATOR)) refuse('NOT_SUPPORTED', `The revocation list of ${what} holds changes only.`)

  if (issuer.maySignCrls === false) refuse('COLLATERAL', `The authority of ${what} may not sign revocation lists.`)
  checkSignedBy(signed, issuer.key, `the revocation list of ${what}`)
  checkValidity(validity, at, `The revocation list of ${what}`)
  const revoked = (list ? children(list) : []).map((entry) => serialOf(integerBytes(new Parts(entry).take())))
  return { validity, revoked: new Set(revoked) }
}

/** Refuses a certificate that is on the list. */
export function checkNotRevoked(certificate: Certificate, list: RevocationList, what: string): void {
  const serial = serialOf(certificate.serial)
  if (list.revoked.has(serial)) refuse('REVOKED', `The certificate of ${what} is revoked.`, `serial number ${serial}`)
}

const serialOf = (bytes: Uint8Array): string => toHex(bytes)
