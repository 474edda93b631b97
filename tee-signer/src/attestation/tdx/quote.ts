import { refuse } from '../errors.ts'
import { ByteReader, isZero } from '../shared/bytes.ts'

/** Measurements and attributes of a trust domain: TDREPORT 1.0, and 1.5 with two more fields. */
export type TdReport = {
  readonly teeTcbSvn: Uint8Array
  readonly mrSeam: Uint8Array
  readonly mrSignerSeam: Uint8Array
  readonly seamAttributes: Uint8Array
  readonly tdAttributes: Uint8Array
  readonly xfam: Uint8Array
  readonly mrTd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly mrOwner: Uint8Array
  readonly mrOwnerConfig: Uint8Array
  readonly rtmrs: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  readonly reportData: Uint8Array
  /** TDREPORT 1.5: the TDX module now, after updates without a restart. */
  readonly teeTcbSvn2: Uint8Array | undefined
  readonly mrServiceTd: Uint8Array | undefined
}

/** The report of an SGX enclave; the quoting enclave has one. */
export type EnclaveReport = {
  readonly raw: Uint8Array
  readonly miscSelect: Uint8Array
  readonly attributes: Uint8Array
  readonly mrEnclave: Uint8Array
  readonly mrSigner: Uint8Array
  readonly isvProdId: number
  readonly isvSvn: number
  readonly reportData: Uint8Array
}

/** What vouches for the quote: attestation key, quoting enclave, and the certificates of the key that signed it. */
export type QuoteSignature = {
  readonly signature: Uint8Array
  readonly attestationKey: Uint8Array
  readonly qeReport: EnclaveReport
  readonly qeReportSignature: Uint8Array
  readonly qeAuthData: Uint8Array
  /** PEM, leaf first. */
  readonly pckChain: string
}

export type Quote =
  | { readonly tee: 'sgx'; readonly version: number; readonly report: EnclaveReport }
  | { readonly tee: 'tdx'; readonly version: number; readonly report: TdReport; readonly signed: Uint8Array; readonly auth: QuoteSignature }

const HEADER_LENGTH = 48
const ENCLAVE_REPORT_LENGTH = 384
const TD_REPORT_10_LENGTH = 584
const TD_REPORT_15_LENGTH = 648
const TEE_SGX = 0
const TEE_TDX = 0x81
const ECDSA_P256 = 2
const CERTIFICATION_PCK_CHAIN = 5
const CERTIFICATION_QE_REPORT = 6
const INTEL_QE_VENDOR = '939a7233f79c4ca9940a0db3957f0607'

/**
 * Intel's library hands out quotes in a buffer that is larger than the quote, with zeros behind. Cuts those off.
 * {@link readQuote} itself takes nothing but the quote.
 */
export function trimQuote(bytes: Uint8Array): Uint8Array {
  const header = new ByteReader(bytes, 'The quote')
  const version = header.u16()
  header.bytes(2)
  const tee = header.u32()
  header.bytes(HEADER_LENGTH - 8)
  const bodyLength = version === 5 ? (header.bytes(2), header.u32()) : tee === TEE_SGX ? ENCLAVE_REPORT_LENGTH : TD_REPORT_10_LENGTH
  header.bytes(bodyLength)
  const signatureLength = header.u32()
  const end = header.offset + signatureLength
  return isZero(bytes.subarray(end)) ? bytes.subarray(0, end) : bytes
}

/** Takes a quote of version 3, 4 or 5 apart. SGX quotes are read as far as their report and not checked any further. */
export function readQuote(bytes: Uint8Array): Quote {
  const reader = new ByteReader(bytes, 'The quote')
  const version = reader.u16()
  const keyType = reader.u16()
  const tee = reader.u32()
  reader.bytes(4)
  const vendor = Buffer.from(reader.bytes(16)).toString('hex')
  reader.bytes(20)
  if (version < 3 || version > 5) refuse('NOT_SUPPORTED', 'The quote is of a version that is not verified here.', `version ${version}`)
  if (keyType !== ECDSA_P256) refuse('NOT_SUPPORTED', 'The quote is signed by a key of another kind than ECDSA P-256.', `type ${keyType}`)
  if (vendor !== INTEL_QE_VENDOR) refuse('NOT_SUPPORTED', "The quote is made by another quoting enclave than Intel's.", vendor)
  if (tee !== TEE_SGX && tee !== TEE_TDX) refuse('NOT_SUPPORTED', 'The quote is of a TEE that is not known.', `type ${tee}`)
  if (version === 3 && tee !== TEE_SGX) refuse('MALFORMED', 'A quote of version 3 is of SGX only.')

  const length = version === 5 ? readBodyLength(reader, tee) : tee === TEE_SGX ? ENCLAVE_REPORT_LENGTH : TD_REPORT_10_LENGTH
  const body = reader.bytes(length)
  const signed = bytes.subarray(0, reader.offset)
  const auth = reader.bytes(reader.u32())
  reader.end()
  if (tee === TEE_SGX) return { tee: 'sgx', version, report: readEnclaveReport(body) }
  return { tee: 'tdx', version, report: readTdReport(body), signed, auth: readQuoteSignature(auth) }
}

/** Version 5 says itself which body follows. */
function readBodyLength(reader: ByteReader, tee: number): number {
  const type = reader.u16()
  const length = reader.u32()
  const expected = new Map([
    [1, ENCLAVE_REPORT_LENGTH],
    [2, TD_REPORT_10_LENGTH],
    [3, TD_REPORT_15_LENGTH],
  ]).get(type)
  if (expected === undefined) refuse('NOT_SUPPORTED', 'The quote has a body that is not known.', `type ${type}`)
  if (length !== expected || (type === 1) !== (tee === TEE_SGX)) refuse('MALFORMED', 'The quote and its body disagree.')
  return length
}

function readTdReport(bytes: Uint8Array): TdReport {
  const reader = new ByteReader(bytes, 'The TD report')
  const hash = (): Uint8Array => reader.bytes(48)
  const report = {
    teeTcbSvn: reader.bytes(16),
    mrSeam: hash(),
    mrSignerSeam: hash(),
    seamAttributes: reader.bytes(8),
    tdAttributes: reader.bytes(8),
    xfam: reader.bytes(8),
    mrTd: hash(),
    mrConfigId: hash(),
    mrOwner: hash(),
    mrOwnerConfig: hash(),
    rtmrs: [hash(), hash(), hash(), hash()] as const,
    reportData: reader.bytes(64),
  }
  const is15 = bytes.length === TD_REPORT_15_LENGTH
  const later = { teeTcbSvn2: is15 ? reader.bytes(16) : undefined, mrServiceTd: is15 ? hash() : undefined }
  reader.end()
  return { ...report, ...later }
}

function readEnclaveReport(raw: Uint8Array): EnclaveReport {
  const reader = new ByteReader(raw, 'The enclave report')
  reader.bytes(16)
  const miscSelect = reader.bytes(4)
  reader.bytes(28)
  const attributes = reader.bytes(16)
  const mrEnclave = reader.bytes(32)
  reader.bytes(32)
  const mrSigner = reader.bytes(32)
  reader.bytes(96)
  const isvProdId = reader.u16()
  const isvSvn = reader.u16()
  reader.bytes(60)
  const reportData = reader.bytes(64)
  reader.end()
  return { raw, miscSelect, attributes, mrEnclave, mrSigner, isvProdId, isvSvn, reportData }
}

function readQuoteSignature(bytes: Uint8Array): QuoteSignature {
  const outer = new ByteReader(bytes, "The quote's signature data")
  const signature = outer.bytes(64)
  const attestationKey = outer.bytes(64)
  const certification = takeCertification(outer, CERTIFICATION_QE_REPORT)
  outer.end()
  const inner = new ByteReader(certification, "The quote's certification data")
  const qeReport = readEnclaveReport(inner.bytes(ENCLAVE_REPORT_LENGTH))
  const qeReportSignature = inner.bytes(64)
  const qeAuthData = inner.bytes(inner.u16())
  const chain = takeCertification(inner, CERTIFICATION_PCK_CHAIN)
  inner.end()
  const terminated = chain.at(-1) === 0
  const pckChain = Buffer.from(terminated ? chain.subarray(0, -1) : chain).toString('latin1')
  return { signature, attestationKey, qeReport, qeReportSignature, qeAuthData, pckChain }
}

function takeCertification(reader: ByteReader, type: number): Uint8Array {
  const found = reader.u16()
  if (found !== type) refuse('NOT_SUPPORTED', 'The quote is certified in a way that is not verified here.', `type ${found}`)
  return reader.bytes(reader.u32())
}
