import { createHash } from 'node:crypto'
import type { TdxCollateral, TdxEvent, TdxEvidence, TdxPolicy } from '../../../src/attestation/index.ts'
import { type CertificateOptions, type Issued, type KeyPair, ecKey, fingerprint, issue, rawEcdsa, revocationList } from './authority.ts'
import { integer, octets, oid, sequence, tlv } from './der.ts'
import { NOW, at, iso } from './time.ts'

const SGX = '1.2.840.113741.1.13.1'
export const FMSPC = '00A06D080000'
const MRSIGNER = 'dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5'

type Json = Record<string, unknown>
type Level = { svn: number; pceSvn: number; tdx: readonly number[]; status: string }

export type TdxOptions = {
  version?: 4 | 5
  /** Bytes of the TD report by their offset in the report. */
  report?: Readonly<Record<number, Uint8Array>>
  qeReport?: Readonly<Record<number, Uint8Array>>
  header?: Readonly<Record<number, Uint8Array>>
  reportData?: Uint8Array
  events?: readonly TdxEvent[]
  /** Security version of every component of the platform. */
  svn?: number
  pceSvn?: number
  tcbInfo?: Json
  qeIdentity?: Json
  levels?: readonly Level[]
  pck?: Partial<CertificateOptions>
  pckCa?: Partial<CertificateOptions>
  tcbSigner?: Partial<CertificateOptions>
  revoked?: readonly ('pck' | 'pckCa' | 'tcbSigner')[]
  collateral?: (parts: TdxParts) => Partial<TdxCollateral>
  /** Signs the quote, the quoting enclave or the collateral instead of the right key. */
  forger?: Readonly<Partial<Record<'quote' | 'qe' | 'tcbInfo' | 'qeIdentity', KeyPair>>>
  qeAuthData?: Uint8Array
  /** The report data of the quoting enclave instead of the right hash. */
  qeBinding?: Uint8Array
}

/** The hierarchy behind a fixture. */
export type TdxParts = { readonly root: Issued; readonly pckCa: Issued; readonly pck: Issued; readonly tcbSigner: Issued }

export const MODULE_SVN = 4
export const QE_SVN = 5

/** A quote, its collateral and the policy it fulfils, under a root of its own. */
export function tdxFixture(options: TdxOptions = {}): { evidence: TdxEvidence; policy: TdxPolicy; parts: TdxParts } {
  const parts = hierarchy(options)
  const report = tdReport(options)
  const quote = signQuote(report, parts, options)
  const collateral = { ...collateralOf(parts, options), ...options.collateral?.(parts) }
  const events = options.events
  return {
    evidence: { platform: 'tdx', quote, collateral, ...(events && { eventLog: events }) },
    policy: {
      roots: [fingerprint(parts.root)],
      measurements: { mrTd: [hash(0xa0)], rtmr0: [hash(0xb0)], rtmr1: [hash(0xb1)], rtmr2: [hash(0xb2)], rtmr3: [report.subarray(472, 520).toString('hex')] },
    },
    parts,
  }
}

function hierarchy(options: TdxOptions): TdxParts {
  const algorithm = 'ecdsa-sha256'
  const key = (): KeyPair => ecKey('P-256')
  const root = issue({ name: 'Intel SGX Root CA', key: key(), algorithm, window: at(-9000, 9000), isCa: true, pathLength: 1 })
  const pckCa = issue({ name: 'Intel SGX PCK Platform CA', key: key(), algorithm, window: at(-5000, 5000), issuer: root, isCa: true, pathLength: 0, ...options.pckCa })
  const extension = { oid: SGX, value: sgxExtension(options) }
  const pck = issue({ name: 'Intel SGX PCK Certificate', key: key(), algorithm, window: at(-4000, 4000), issuer: pckCa, extensions: [extension], ...options.pck })
  const tcbSigner = issue({ name: 'Intel SGX TCB Signing', key: key(), algorithm, window: at(-4000, 4000), issuer: root, ...options.tcbSigner })
  return { root, pckCa, pck, tcbSigner }
}

function sgxExtension({ svn = 3, pceSvn = 11 }: TdxOptions): Buffer {
  const field = (identifier: string, value: Uint8Array): Buffer => sequence(oid(identifier), value)
  const components = Array.from({ length: 16 }, (_, index) => field(`${SGX}.2.${index + 1}`, integer(svn)))
  const tcb = sequence(...components, field(`${SGX}.2.17`, integer(pceSvn)), field(`${SGX}.2.18`, octets(Buffer.alloc(16))))
  return sequence(
    field(`${SGX}.1`, octets(Buffer.alloc(16, 1))),
    field(`${SGX}.2`, tcb),
    field(`${SGX}.3`, octets(Buffer.alloc(2))),
    field(`${SGX}.4`, octets(Buffer.from(FMSPC, 'hex'))),
    field(`${SGX}.5`, tlv(0x0a, Buffer.from([1]))),
  )
}

function tdReport({ version = 4, report = {}, reportData = Buffer.alloc(64, 0x77), events }: TdxOptions): Buffer {
  const bytes = Buffer.alloc(version === 5 ? 648 : 584)
  bytes.set([MODULE_SVN, 1, 3], 0)
  bytes[123] = 0x10 // TDATTRIBUTES: #VE disabled
  bytes.fill(0xa0, 136, 184)
  for (const index of [0, 1, 2]) bytes.fill(0xb0 + index, 328 + 48 * index, 376 + 48 * index)
  bytes.set(events ? register3(events) : Buffer.alloc(48, 0xb3), 472)
  bytes.set(reportData, 520)
  return patch(bytes, report)
}

/** What RTMR3 holds after `events`. */
function register3(events: readonly TdxEvent[]): Buffer {
  let register = Buffer.alloc(48)
  for (const event of events) {
    if (event.register !== 3) continue
    const type = Buffer.alloc(4)
    type.writeUInt32LE(event.type)
    const digest = sha('sha384', type, Buffer.from(`:${event.name}:`), event.payload)
    register = Buffer.from(sha('sha384', register, digest))
  }
  return register
}

function signQuote(report: Buffer, parts: TdxParts, options: TdxOptions): Buffer {
  const { version = 4, forger = {}, qeAuthData = Buffer.alloc(32, 9) } = options
  const header = Buffer.alloc(48)
  header.writeUInt16LE(version, 0)
  header.writeUInt16LE(2, 2)
  header.writeUInt32LE(0x81, 4)
  header.write('939a7233f79c4ca9940a0db3957f0607', 12, 'hex')
  const body = version === 5 ? Buffer.concat([little(3, 2), little(report.length, 4), report]) : report
  const signed = Buffer.concat([patch(header, options.header ?? {}), body])

  const attester = ecKey('P-256')
  const point = attester.publicKey.export({ type: 'spki', format: 'der' }).subarray(-64)
  const qeReport = Buffer.alloc(384)
  qeReport[48] = 0x15 // attributes: initialised, 64 bit, provisioning key
  qeReport.write(MRSIGNER, 128, 'hex')
  qeReport.writeUInt16LE(2, 256)
  qeReport.writeUInt16LE(QE_SVN, 258)
  qeReport.set(options.qeBinding ?? sha('sha256', point, qeAuthData), 320)
  patch(qeReport, options.qeReport ?? {})

  const chain = Buffer.from(`${pem([parts.pck, parts.pckCa, parts.root])}\0`)
  const certification = Buffer.concat([
    qeReport,
    rawEcdsa('sha256', qeReport, forger.qe ?? parts.pck),
    little(qeAuthData.length, 2),
    qeAuthData,
    little(5, 2),
    little(chain.length, 4),
    chain,
  ])
  const auth = Buffer.concat([rawEcdsa('sha256', signed, forger.quote ?? attester), point, little(6, 2), little(certification.length, 4), certification])
  return Buffer.concat([signed, little(auth.length, 4), auth])
}

export const LEVELS: readonly Level[] = [
  { svn: 3, pceSvn: 11, tdx: [4, 0, 3], status: 'UpToDate' },
  { svn: 2, pceSvn: 11, tdx: [4, 0, 2], status: 'SWHardeningNeeded' },
  { svn: 1, pceSvn: 5, tdx: [0], status: 'OutOfDate' },
]

export function tcbInfo({ levels = LEVELS, tcbInfo: changes = {} }: TdxOptions): Json {
  const components = (svn: (index: number) => number): { svn: number }[] => Array.from({ length: 16 }, (_, index) => ({ svn: svn(index) }))
  const signer = { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) }
  const status = (isvsvn: number, tcbStatus: string): Json => ({ tcb: { isvsvn }, tcbDate: iso(NOW), tcbStatus })
  return {
    id: 'TDX',
    version: 3,
    issueDate: iso(NOW - 1000),
    nextUpdate: iso(NOW + 1000),
    fmspc: FMSPC,
    pceId: '0000',
    tcbType: 0,
    tcbEvaluationDataNumber: 17,
    tdxModule: signer,
    tdxModuleIdentities: [{ id: 'TDX_01', ...signer, tcbLevels: [status(MODULE_SVN, 'UpToDate'), status(2, 'OutOfDate')] }],
    tcbLevels: levels.map(({ svn, pceSvn, tdx, status: tcbStatus }) => ({
      tcb: { sgxtcbcomponents: components(() => svn), tdxtcbcomponents: components((index) => tdx[index] ?? 0), pcesvn: pceSvn },
      tcbDate: iso(NOW),
      tcbStatus,
    })),
    ...changes,
  }
}

function qeIdentity({ qeIdentity: changes = {} }: TdxOptions): Json {
  return {
    id: 'TD_QE',
    version: 2,
    issueDate: iso(NOW - 1000),
    nextUpdate: iso(NOW + 1000),
    tcbEvaluationDataNumber: 17,
    miscselect: '00000000',
    miscselectMask: 'FFFFFFFF',
    attributes: '11000000000000000000000000000000',
    attributesMask: 'FBFFFFFFFFFFFFFF0000000000000000',
    mrsigner: MRSIGNER.toUpperCase(),
    isvprodid: 2,
    tcbLevels: [
      { tcb: { isvsvn: QE_SVN }, tcbDate: iso(NOW), tcbStatus: 'UpToDate' },
      { tcb: { isvsvn: 3 }, tcbDate: iso(NOW), tcbStatus: 'OutOfDate', advisoryIDs: ['INTEL-SA-00001'] },
    ],
    ...changes,
  }
}

function collateralOf(parts: TdxParts, options: TdxOptions): TdxCollateral {
  const { root, pckCa, pck, tcbSigner } = parts
  const { revoked = [], forger = {} } = options
  const serials = (...names: readonly ('pck' | 'pckCa' | 'tcbSigner')[]): bigint[] => names.filter((name) => revoked.includes(name)).map((name) => parts[name].serial)
  const signText = (json: Json, signer: KeyPair): { text: string; signature: Buffer } => {
    const text = JSON.stringify(json)
    return { text, signature: rawEcdsa('sha256', Buffer.from(text), signer) }
  }
  const tcb = signText(tcbInfo(options), forger.tcbInfo ?? tcbSigner)
  const qe = signText(qeIdentity(options), forger.qeIdentity ?? tcbSigner)
  return {
    pckCrlChain: [pckCa.raw, root.raw],
    rootCrl: revocationList({ issuer: root, window: at(-1000, 1000), revoked: [1n, ...serials('pckCa', 'tcbSigner')] }),
    pckCrl: revocationList({ issuer: pckCa, window: at(-1000, 1000), revoked: [2n, pck.serial + 1n, ...serials('pck')] }),
    tcbInfo: tcb.text,
    tcbInfoSignature: tcb.signature,
    tcbInfoChain: [tcbSigner.raw, root.raw],
    qeIdentity: qe.text,
    qeIdentitySignature: qe.signature,
    qeIdentityChain: [tcbSigner.raw, root.raw],
  }
}

const hash = (fill: number): string => Buffer.alloc(48, fill).toString('hex')

function little(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.writeUIntLE(value, 0, length)
  return bytes
}

function patch(bytes: Buffer, changes: Readonly<Record<number, Uint8Array>>): Buffer {
  for (const [offset, change] of Object.entries(changes)) bytes.set(change, Number(offset))
  return bytes
}

function sha(name: 'sha256' | 'sha384', ...parts: readonly Uint8Array[]): Buffer {
  return createHash(name).update(Buffer.concat(parts)).digest()
}

function pem(certificates: readonly Issued[]): string {
  const block = ({ raw }: Issued): string => `-----BEGIN CERTIFICATE-----\n${(raw.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
  return certificates.map(block).join('')
}
