import { z } from 'zod/v4'
import { refuse } from '../errors.ts'
import { equalBytes, fromHex, parsing } from '../shared/bytes.ts'
import { type Certificate, commonName } from '../shared/certificate.ts'
import { checkChain } from '../shared/chain.ts'
import { readPem } from '../shared/pem.ts'
import { type RevocationList, checkNotRevoked, checkRevocationList } from '../shared/revocation.ts'
import { checkRawEcdsa } from '../shared/signature.ts'
import { type Validity, checkValidity, intersect, secondsOf } from '../shared/time.ts'
import { type QeIdentity, type TcbInfo, readQeIdentity, readTcbInfo } from './tcbInfo.ts'

/** What Intel's Provisioning Certification Service says about a platform, decoded. Chains are DER, leaf first. */
export type TdxCollateral = {
  readonly pckCrlChain: readonly Uint8Array[]
  readonly rootCrl: Uint8Array
  readonly pckCrl: Uint8Array
  /** The JSON text that was signed, byte for byte. */
  readonly tcbInfo: string
  readonly tcbInfoSignature: Uint8Array
  readonly tcbInfoChain: readonly Uint8Array[]
  readonly qeIdentity: string
  readonly qeIdentitySignature: Uint8Array
  readonly qeIdentityChain: readonly Uint8Array[]
}

export type CheckedCollateral = {
  readonly tcbInfo: TcbInfo
  readonly qeIdentity: QeIdentity
  readonly validity: Validity
}

const TCB_SIGNER = 'Intel SGX TCB Signing'

const collateralSchema = z.object({
  pck_crl_issuer_chain: z.string(),
  root_ca_crl: z.string(),
  pck_crl: z.string(),
  tcb_info: z.string(),
  tcb_info_signature: z.string(),
  tcb_info_issuer_chain: z.string(),
  qe_identity: z.string(),
  qe_identity_signature: z.string(),
  qe_identity_issuer_chain: z.string(),
})

/** Decodes collateral in the field names that PCCS clients share: chains in PEM, lists and signatures in hex. */
export function readTdxCollateral(json: unknown): TdxCollateral {
  const it = parsing('The collateral', () => collateralSchema.parse(json))
  return {
    pckCrlChain: readPem(it.pck_crl_issuer_chain),
    rootCrl: fromHex(it.root_ca_crl, 'The root revocation list'),
    pckCrl: fromHex(it.pck_crl, 'The PCK revocation list'),
    tcbInfo: it.tcb_info,
    tcbInfoSignature: fromHex(it.tcb_info_signature, 'The signature of the TCB info'),
    tcbInfoChain: readPem(it.tcb_info_issuer_chain),
    qeIdentity: it.qe_identity,
    qeIdentitySignature: fromHex(it.qe_identity_signature, 'The signature of the QE identity'),
    qeIdentityChain: readPem(it.qe_identity_issuer_chain),
  }
}

/**
 * Checks every signature, issuer and date of the collateral for the time `at`, and that neither the quote's own
 * certificates (`pckChain`, leaf first) nor those of the collateral are revoked.
 */
export function checkCollateral(
  collateral: TdxCollateral,
  parameters: { at: number; roots: readonly string[]; pckChain: readonly Certificate[] },
): CheckedCollateral {
  const { at, roots, pckChain } = parameters
  const [pck, pckCa, root] = pckChain
  if (!pck || !pckCa || !root) refuse('CHAIN', 'The quote carries no whole certificate chain.')
  const rootCrl = checkRevocationList(collateral.rootCrl, root, at, "Intel's root")
  const pckCrl = checkPckCrl(collateral, { at, roots, pckCa })
  checkNotRevoked(pckCa, rootCrl, "the platform's authority")
  checkNotRevoked(pck, pckCrl, 'the platform')

  const tcb = checkSigned({ text: collateral.tcbInfo, signature: collateral.tcbInfoSignature, chain: collateral.tcbInfoChain, what: 'the TCB info', at, roots, rootCrl })
  const qe = checkSigned({ text: collateral.qeIdentity, signature: collateral.qeIdentitySignature, chain: collateral.qeIdentityChain, what: 'the QE identity', at, roots, rootCrl })
  const tcbInfo = readTcbInfo(collateral.tcbInfo)
  const qeIdentity = readQeIdentity(collateral.qeIdentity)
  const windows = [dates(tcbInfo, 'The TCB info'), dates(qeIdentity, 'The QE identity')]
  checkValidity(windows[0] as Validity, at, 'The TCB info')
  checkValidity(windows[1] as Validity, at, 'The QE identity')
  return { tcbInfo, qeIdentity, validity: intersect([rootCrl.validity, pckCrl.validity, tcb, qe, ...windows]) }
}

/** The list of the very authority that issued the quote's certificate. */
function checkPckCrl({ pckCrl, pckCrlChain }: TdxCollateral, parameters: { at: number; roots: readonly string[]; pckCa: Certificate }): RevocationList {
  const { at, roots, pckCa } = parameters
  const [issuer] = pckCrlChain
  if (!issuer || pckCrlChain.length !== 2 || !equalBytes(issuer, pckCa.raw))
    refuse('COLLATERAL', "The PCK revocation list is not of the authority that issued the platform's certificate.")
  const root = pckCrlChain[1] as Uint8Array
  // The authority itself has been checked with the quote's chain; what is left is that this chain ends alike.
  checkChain([pckCa.raw, root], { at, roots, what: 'the PCK revocation list', length: 2, leafMayCertify: true })
  return checkRevocationList(pckCrl, pckCa, at, 'platforms')
}

/** A text of Intel's, signed by the TCB signing key and by no other key under the same root. */
function checkSigned(parameters: {
  text: string
  signature: Uint8Array
  chain: readonly Uint8Array[]
  what: string
  at: number
  roots: readonly string[]
  rootCrl: RevocationList
}): Validity {
  const { text, signature, what, at, roots, rootCrl } = parameters
  const chain = checkChain(parameters.chain, { at, roots, what, length: 2 })
  if (commonName(chain.leaf.subject) !== TCB_SIGNER) refuse('COLLATERAL', `The key that signed ${what} is not Intel's TCB signing key.`)
  checkNotRevoked(chain.leaf, rootCrl, `the signer of ${what}`)
  checkRawEcdsa({ hash: 'sha256', curve: 'prime256v1', key: chain.leaf.key, data: Buffer.from(text), signature, what })
  return chain.validity
}

function dates({ issueDate, nextUpdate }: { issueDate: string; nextUpdate: string }, what: string): Validity {
  return { notBefore: secondsOf(issueDate, `${what}'s date`), notAfter: secondsOf(nextUpdate, `${what}'s next date`) }
}
