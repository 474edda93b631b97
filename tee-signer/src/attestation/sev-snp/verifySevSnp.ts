import { refuse } from '../errors.ts'
import { includesHex, toHex } from '../shared/bytes.ts'
import { commonName, fingerprint, readCertificate } from '../shared/certificate.ts'
import { type Chain, checkChain } from '../shared/chain.ts'
import { readStrictPem } from '../shared/pem.ts'
import { checkNotRevoked, checkRevocationList } from '../shared/revocation.ts'
import { checkRawEcdsa } from '../shared/signature.ts'
import type { SevSnpVerdict, SnpTcb } from '../verdict.ts'
import { type SnpReport, productOf, readSnpReport, readTcb } from './report.ts'
import { AMD_ROOTS } from './roots.ts'
import { checkVcek, vcekProduct } from './vcek.ts'

export type SevSnpEvidence = {
  readonly platform: 'sev-snp'
  /** 1,184 bytes. */
  readonly report: Uint8Array
  /** The chip's certificate and the authority above it ("ASK"), DER. */
  readonly vcek: Uint8Array
  readonly ask: Uint8Array
  /** The root ("ARK"), DER. Default: AMD's own for the VCEK's product. */
  readonly ark?: Uint8Array
  /** AMD's revocation list for the product, DER. */
  readonly crl?: Uint8Array
}

export type SevSnpPolicy = {
  /** Allowed launch measurements (SHA-384, hex). */
  readonly measurements: readonly string[] | 'unpinned'
  /** The least version of each part of the firmware; what is running and what can not be rolled back must both reach it. */
  readonly minimumTcb?: Partial<SnpTcb>
  /** Whether evidence without AMD's revocation list is refused. Default: required. */
  readonly revocation?: 'required' | 'when present'
  /** Allowed values of what the host set at launch, 32 bytes in hex. Default: any. */
  readonly hostData?: readonly string[]
  /** Allowed digests of the key that signed the launch's identity block, 48 bytes in hex. Default: any. */
  readonly idKeyDigests?: readonly string[]
  /** The least privileged level that may have asked for the report. Default 0, the most privileged. */
  readonly maximumVmpl?: number
  readonly minimumGuestSvn?: number
  /** Accept guests whose memory the host can read. Default false. */
  readonly allowDebug?: boolean
  /** Accept guests that a migration agent may move. Default false. */
  readonly allowMigration?: boolean
  /** Accept guests whose cores are shared by hyperthreading. Default true. */
  readonly allowSmt?: boolean
  /** SHA-256 of trusted roots' DER, hex. Default: AMD's. */
  readonly roots?: readonly string[]
}

/** Bits of the guest's policy. */
const SMT = 1n << 16n
const ALWAYS_ONE = 1n << 17n
const MIGRATION_AGENT = 1n << 18n
const DEBUG = 1n << 19n
const KNOWN_BITS = (1n << 26n) - 1n

/** Verifies a SEV-SNP report signed by a chip's own key (VCEK) for the time `at` (seconds). */
export function verifySevSnp(evidence: SevSnpEvidence, policy: SevSnpPolicy, at: number): SevSnpVerdict {
  const report = readSnpReport(evidence.report)
  if (report.signingKey !== 0) refuse('NOT_SUPPORTED', "The SEV-SNP report is not signed by the chip's own key.", `key ${report.signingKey}`)
  const vcek = readCertificate(evidence.vcek)
  checkRawEcdsa({ hash: 'sha384', curve: 'secp384r1', key: vcek.key, data: report.signed, signature: report.signature, what: 'the SEV-SNP report' })
  const product = vcekProduct(vcek)
  if (report.cpuId && productOf(report.cpuId) !== product) refuse('CHAIN', 'The SEV-SNP report is of another processor than its VCEK.', `${productOf(report.cpuId)}, not ${product}`)
  const chain = checkVcekChain(evidence, { product, at, roots: policy.roots })
  const tcb = checkVcek(vcek, report, product)
  const listValidUntil = checkRevocation(evidence, chain, policy, at)

  checkGuestPolicy(report, policy)
  checkTcb(report, product, policy.minimumTcb ?? {})
  checkPins(report, policy)
  return {
    platform: 'sev-snp',
    checkedAt: at,
    validUntil: Math.min(chain.validity.notAfter, listValidUntil),
    debug: isDebug(report),
    pinned: policy.measurements !== 'unpinned',
    boundData: toHex(report.reportData),
    product,
    measurement: toHex(report.measurement),
    hostData: toHex(report.hostData),
    chipId: toHex(report.chipId),
    vmpl: report.vmpl,
    tcb,
    guestSvn: report.guestSvn,
  }
}

function checkVcekChain(evidence: SevSnpEvidence, parameters: { product: string; at: number; roots: readonly string[] | undefined }): Chain {
  const { product, at } = parameters
  const known = AMD_ROOTS[product] === undefined ? undefined : readStrictPem(AMD_ROOTS[product])[0]
  const ark = evidence.ark ?? known ?? refuse('NOT_SUPPORTED', 'No root is known for the processor.', product)
  const roots = parameters.roots ?? (known ? [fingerprint(known)] : [])
  const chain = checkChain([evidence.vcek, evidence.ask, ark], { at, roots, what: 'the SEV-SNP report', length: 3 })
  const names = chain.all.map((it) => commonName(it.subject))
  if (names[0] !== 'SEV-VCEK' || names[1] !== `SEV-${product}` || names[2] !== `ARK-${product}`)
    refuse('CHAIN', 'The certificates of the SEV-SNP report are not of one product.', names.join(', '))
  return chain
}

/** AMD's list is signed by its root and can name the authority below it. */
function checkRevocation({ crl }: SevSnpEvidence, chain: Chain, policy: SevSnpPolicy, at: number): number {
  if (!crl) {
    if ((policy.revocation ?? 'required') === 'required') refuse('COLLATERAL', "AMD's revocation list is missing.")
    return Number.POSITIVE_INFINITY
  }
  const list = checkRevocationList(crl, chain.root, at, "AMD's root")
  for (const certificate of chain.all.slice(1, -1)) checkNotRevoked(certificate, list, 'the SEV-SNP report')
  return list.validity.notAfter
}

const isDebug = ({ policy }: SnpReport): boolean => (policy & DEBUG) !== 0n

function checkGuestPolicy(report: SnpReport, policy: SevSnpPolicy): void {
  const bits = report.policy
  if ((bits & ALWAYS_ONE) === 0n || (bits & ~KNOWN_BITS) !== 0n) refuse('CLAIM', "The guest's policy has bits that are not known.", `0x${bits.toString(16)}`)
  if (isDebug(report) && !policy.allowDebug) refuse('DEBUG', 'The guest may be debugged by its host.')
  if ((bits & MIGRATION_AGENT) !== 0n && !policy.allowMigration) refuse('CLAIM', 'The guest may be moved by a migration agent.')
  if ((bits & SMT) !== 0n && policy.allowSmt === false) refuse('CLAIM', 'The guest may share its cores by hyperthreading.')
  if (report.vmpl > (policy.maximumVmpl ?? 0)) refuse('CLAIM', 'The report was asked for by less privileged code than allowed.', `VMPL ${report.vmpl}`)
  if (report.guestSvn < (policy.minimumGuestSvn ?? 0)) refuse('TCB', 'The guest is of an earlier version than allowed.', String(report.guestSvn))
}

function checkTcb(report: SnpReport, product: string, minimum: Partial<SnpTcb>): void {
  for (const [when, bytes] of [['reported', report.reportedTcb], ['current', report.currentTcb], ['committed', report.committedTcb]] as const)
    for (const [part, least] of Object.entries(minimum)) {
      const version = readTcb(bytes, product)[part as keyof SnpTcb] ?? 0
      if (version < least) refuse('TCB', `The firmware is too old: ${part}.`, `${when} ${version}, at least ${least} wanted`)
    }
}

function checkPins(report: SnpReport, { measurements, hostData, idKeyDigests }: SevSnpPolicy): void {
  if (measurements !== 'unpinned' && !includesHex(measurements, report.measurement))
    refuse('MEASUREMENT', 'The launch measurement is not one of the pinned values.', toHex(report.measurement))
  if (hostData && !includesHex(hostData, report.hostData)) refuse('MEASUREMENT', 'The host data is not one of the pinned values.', toHex(report.hostData))
  if (idKeyDigests && !includesHex(idKeyDigests, report.idKeyDigest))
    refuse('MEASUREMENT', 'The identity key is not one of the pinned ones.', toHex(report.idKeyDigest))
}
