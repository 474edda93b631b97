import { type KeyObject, createHash } from 'node:crypto'
import { refuse } from '../errors.ts'
import { VENDOR_ROOTS } from '../roots.ts'
import { equalBytes, isZero, toHex } from '../shared/bytes.ts'
import { commonName } from '../shared/certificate.ts'
import { type Chain, checkChain } from '../shared/chain.ts'
import { readStrictPem } from '../shared/pem.ts'
import { checkRawEcdsa, publicKeyOf } from '../shared/signature.ts'
import { intersect } from '../shared/time.ts'
import type { TcbStatus, TdxVerdict } from '../verdict.ts'
import { type TdxCollateral, checkCollateral } from './collateral.ts'
import type { TdxEvent } from './eventLog.ts'
import { readPckExtension } from './pckExtension.ts'
import { type TdxPolicy, checkAttributes, checkEventLog, checkMeasurements, isDebug } from './policy.ts'
import { type Quote, type QuoteSignature, readQuote } from './quote.ts'
import { checkSeamAttributes, converge, moduleStatus, platformStatus, qeStatus } from './tcbStatus.ts'

export type TdxEvidence = {
  readonly platform: 'tdx'
  /** Version 4 or 5, without anything behind its end (`trimQuote` cuts off the padding of Intel's library). */
  readonly quote: Uint8Array
  readonly collateral: TdxCollateral
  readonly eventLog?: readonly TdxEvent[]
}

const PCK_LEAF = 'Intel SGX PCK Certificate'
const PCK_AUTHORITIES = ['Intel SGX PCK Platform CA', 'Intel SGX PCK Processor CA']
/** SubjectPublicKeyInfo of a P-256 key up to its point. */
const P256_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** Verifies a TDX quote with Intel's collateral for the time `at` (seconds). SGX quotes are refused. */
export function verifyTdx(evidence: TdxEvidence, policy: TdxPolicy, at: number): TdxVerdict {
  const quote = readQuote(evidence.quote)
  if (quote.tee !== 'tdx') refuse('NOT_SUPPORTED', 'The quote is of an SGX enclave, which is not a supported platform.')
  const roots = policy.roots ?? VENDOR_ROOTS.tdx
  const { report } = quote
  const chain = checkQuote(quote, at, roots)
  const checked = checkCollateral(evidence.collateral, { at, roots, pckChain: chain.all })

  const platform = platformStatus(checked.tcbInfo, readPckExtension(chain.leaf), report)
  const module = moduleStatus(checked.tcbInfo, report)
  const qe = qeStatus(checked.qeIdentity, quote.auth.qeReport)
  checkSeamAttributes(report)
  const tcbStatus = converge(converge(platform.status, qe.status), module.status)
  checkStatuses({ platform: platform.status, 'TDX module': module.status, 'quoting enclave': qe.status, whole: tcbStatus }, policy)
  const number = Math.min(checked.tcbInfo.tcbEvaluationDataNumber, checked.qeIdentity.tcbEvaluationDataNumber)
  if (number < (policy.minimumTcbEvaluationDataNumber ?? 0)) refuse('COLLATERAL', 'The collateral is of an earlier evaluation than the policy demands.', String(number))

  checkAttributes(report, policy)
  checkEventLog(report, evidence.eventLog)
  checkMeasurements(report, evidence.eventLog, policy)
  const [rtmr0, rtmr1, rtmr2, rtmr3] = report.rtmrs
  return {
    platform: 'tdx',
    checkedAt: at,
    validUntil: intersect([chain.validity, checked.validity]).notAfter,
    debug: isDebug(report),
    pinned: policy.measurements !== 'unpinned',
    boundData: toHex(report.reportData),
    tcbStatus,
    platformTcbStatus: platform.status,
    moduleTcbStatus: module.status,
    qeTcbStatus: qe.status,
    advisoryIds: [...new Set([platform, module, qe].flatMap((it) => it.advisoryIds))].sort(),
    fmspc: checked.tcbInfo.fmspc,
    tcbEvaluationDataNumber: number,
    mrTd: toHex(report.mrTd),
    rtmrs: [toHex(rtmr0), toHex(rtmr1), toHex(rtmr2), toHex(rtmr3)],
    events: (evidence.eventLog ?? []).flatMap((it) => (it.register === 3 ? [{ name: it.name, payload: toHex(it.payload) }] : [])),
  }
}

/** From the trust domain to Intel's root: quote, attestation key, quoting enclave, platform certificate, authorities. */
function checkQuote({ auth, signed }: Extract<Quote, { tee: 'tdx' }>, at: number, roots: readonly string[]): Chain {
  const attestationKey = publicKeyOf(Buffer.concat([P256_PREFIX, auth.attestationKey]))
  checkP256(attestationKey, signed, auth.signature, 'the quote')
  checkAttestationKey(auth)
  const chain = checkChain(readStrictPem(auth.pckChain), { at, roots, what: 'the quote', length: 3 })
  const [leaf, authority] = chain.all.map((it) => commonName(it.subject) ?? '')
  if (leaf !== PCK_LEAF || !PCK_AUTHORITIES.includes(authority ?? '')) refuse('CHAIN', 'The certificate of the quote is not one of a platform.', `${leaf} by ${authority}`)
  checkP256(chain.leaf.key, auth.qeReport.raw, auth.qeReportSignature, 'the quoting enclave')
  return chain
}

function checkP256(key: KeyObject, data: Uint8Array, signature: Uint8Array, what: string): void {
  checkRawEcdsa({ hash: 'sha256', curve: 'prime256v1', key, data, signature, what })
}

/** The quoting enclave vouches for the attestation key in its own report data: a hash, then zeros. */
function checkAttestationKey({ attestationKey, qeAuthData, qeReport }: QuoteSignature): void {
  const hash = createHash('sha256').update(attestationKey).update(qeAuthData).digest()
  if (!equalBytes(qeReport.reportData.subarray(0, 32), hash) || !isZero(qeReport.reportData.subarray(32)))
    refuse('SIGNATURE', 'The quoting enclave does not vouch for the key that signed the quote.')
}

function checkStatuses(statuses: Readonly<Record<string, TcbStatus>>, policy: TdxPolicy): void {
  const allowed = policy.tcbStatuses ?? ['UpToDate']
  for (const [what, status] of Object.entries(statuses))
    if (status === 'Revoked' || !allowed.includes(status)) refuse('TCB', `The TCB status of the ${what} is ${status}.`, `allowed: ${allowed.join(', ')}`)
}
