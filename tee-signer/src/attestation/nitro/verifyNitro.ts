import { refuse } from '../errors.ts'
import { VENDOR_ROOTS } from '../roots.ts'
import { includesHex, isZero, toHex } from '../shared/bytes.ts'
import { readCertificate } from '../shared/certificate.ts'
import { checkChain } from '../shared/chain.ts'
import { readCoseSign1 } from '../shared/coseSign1.ts'
import { checkRawEcdsa } from '../shared/signature.ts'
import { CLOCK_SKEW } from '../shared/time.ts'
import type { NitroVerdict } from '../verdict.ts'
import { type NitroDocument, readNitroDocument } from './document.ts'

export type NitroEvidence = { readonly platform: 'nitro'; /** COSE_Sign1, as the enclave's NSM device gave it. */ readonly document: Uint8Array }

export type NitroPolicy = {
  /** Allowed values (SHA-384, hex) by PCR number, at least for 0, 1 and 2: image, kernel, application. */
  readonly pcrs: Readonly<Record<number, readonly string[]>> | 'unpinned'
  /** Accept enclaves in debug mode, whose PCRs are zero. Default false. */
  readonly allowDebug?: boolean
  /** SHA-256 of trusted roots' DER, hex. Default: AWS's. */
  readonly roots?: readonly string[]
}

/** ECDSA on P-384 with SHA-384. */
const ES384 = -35
const PINNED_PCRS = [0, 1, 2]

/**
 * Verifies a document of the Nitro Secure Module for the time `at` (seconds). AWS revokes nothing below its root: a
 * document's certificate lives three hours, and that is the protection.
 */
export function verifyNitro(evidence: NitroEvidence, policy: NitroPolicy, at: number): NitroVerdict {
  const { payload, toBeSigned, signature } = readCoseSign1(evidence.document, ES384, 'The Nitro document')
  const document = readNitroDocument(payload)
  // The cheap check first: it refuses whatever was changed after signing.
  const { key } = readCertificate(document.certificate)
  checkRawEcdsa({ hash: 'sha384', curve: 'secp384r1', key, data: toBeSigned, signature, what: 'the Nitro document' })
  const chain = checkChain([document.certificate, ...document.authorities.toReversed()], {
    at,
    roots: policy.roots ?? VENDOR_ROOTS.nitro,
    what: 'the Nitro document',
  })
  const timestamp = Math.floor(document.timestamp / 1000)
  const { notBefore, notAfter } = chain.leaf.validity
  if (timestamp < notBefore || timestamp > notAfter) refuse('CLAIM', 'The Nitro document was not made while its certificate was valid.')
  if (timestamp > at + CLOCK_SKEW) refuse('NOT_YET_VALID', 'The Nitro document was made after the time that it is checked for.')

  const debug = isDebug(document)
  if (debug && !policy.allowDebug) refuse('DEBUG', 'The Nitro enclave runs in debug mode: its PCR0 is zero.')
  checkPcrs(document, policy)
  return {
    platform: 'nitro',
    checkedAt: at,
    validUntil: chain.validity.notAfter,
    debug,
    pinned: policy.pcrs !== 'unpinned',
    boundData: toHex(document.userData ?? new Uint8Array()),
    moduleId: document.moduleId,
    timestamp,
    pcrs: Object.fromEntries([...document.pcrs].map(([index, pcr]) => [index, toHex(pcr)])),
    nonce: document.nonce && toHex(document.nonce),
    userData: document.userData && toHex(document.userData),
    publicKey: document.publicKey && toHex(document.publicKey),
  }
}

/** Debug mode zeroes the measurements of the code; a document without them proves as little. */
function isDebug({ pcrs }: NitroDocument): boolean {
  return PINNED_PCRS.some((index) => isZero(pcrs.get(index) ?? new Uint8Array()))
}

function checkPcrs({ pcrs }: NitroDocument, policy: NitroPolicy): void {
  if (policy.pcrs === 'unpinned') return
  const missing = PINNED_PCRS.find((index) => policy.pcrs !== 'unpinned' && !policy.pcrs[index]?.length)
  if (missing !== undefined) refuse('NO_POLICY', `The policy pins no value of PCR${missing}.`)
  for (const [index, allowed] of Object.entries(policy.pcrs)) {
    const pcr = pcrs.get(Number(index))
    if (!pcr || !includesHex(allowed, pcr)) refuse('MEASUREMENT', `PCR${index} is not one of the pinned values.`, pcr ? toHex(pcr) : 'missing')
  }
}
