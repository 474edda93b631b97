import { refuse } from '../errors.ts'
import { equalBytes } from './bytes.ts'
import { type Certificate, checkSignedBy, fingerprint, readCertificate } from './certificate.ts'
import { type Validity, checkValidity, intersect } from './time.ts'

/** Certificates from the leaf to the trusted root, all of them checked. */
export type Chain = { readonly leaf: Certificate; readonly root: Certificate; readonly all: readonly Certificate[]; readonly validity: Validity }

/**
 * Checks a chain that is given whole, leaf first and root last. Every certificate must be valid at `at`, be issued by
 * its successor, and the last must be one of `roots` (SHA-256 of the DER, hex). The root's own signature proves nothing
 * and is not asked.
 */
export function checkChain(
  encoded: readonly Uint8Array[],
  parameters: { at: number; roots: readonly string[]; what: string; length?: number; leafMayCertify?: boolean },
): Chain {
  const { at, roots, what, length, leafMayCertify = false } = parameters
  const last = encoded.at(-1)
  if (!last || encoded.length < 2 || encoded.length > 8 || (length !== undefined && encoded.length !== length))
    refuse('CHAIN', `The chain of ${what} has ${encoded.length} certificates.`)
  const print = fingerprint(last)
  if (!roots.some((root) => root.toLowerCase() === print)) refuse('CHAIN', `The chain of ${what} ends in a root that is not trusted.`, print)

  const all = encoded.map((bytes) => readCertificate(bytes))
  for (const [index, certificate] of all.entries()) {
    checkValidity(certificate.validity, at, `A certificate of ${what}`)
    const issuer = all[index + 1]
    if (issuer) checkIssued(certificate, issuer, index, what)
  }
  const [leaf] = all
  const root = all.at(-1)
  if (!leaf || !root) refuse('CHAIN', `The chain of ${what} is empty.`)
  if (leaf.isCa && !leafMayCertify) refuse('CHAIN', `The leaf of ${what} is a certificate authority.`)
  return { leaf, root, all, validity: intersect(all.map((it) => it.validity)) }
}

/** @param below how many authorities stand between `certificate`'s leaf and `issuer` */
function checkIssued(certificate: Certificate, issuer: Certificate, below: number, what: string): void {
  if (!equalBytes(certificate.issuer, issuer.subject)) refuse('CHAIN', `A certificate of ${what} names another issuer than the one that follows.`)
  if (!issuer.isCa || issuer.mayCertify === false) refuse('CHAIN', `A certificate of ${what} is issued by one that may not issue any.`)
  if (issuer.pathLength !== undefined && below > issuer.pathLength) refuse('CHAIN', `The chain of ${what} is longer than an authority in it allows.`)
  checkSignedBy(certificate.signed, issuer.key, `a certificate of ${what}`)
}
