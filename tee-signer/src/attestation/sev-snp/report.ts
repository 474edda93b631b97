import { refuse } from '../errors.ts'
import { ByteReader, isZero } from '../shared/bytes.ts'
import type { SnpTcb } from '../verdict.ts'

/** ATTESTATION_REPORT of AMD's SEV-SNP firmware ABI (document 56860), as far as the verifier asks. */
export type SnpReport = {
  readonly version: number
  readonly guestSvn: number
  readonly policy: bigint
  readonly vmpl: number
  readonly currentTcb: Uint8Array
  readonly platformInfo: bigint
  readonly chipKeyMasked: boolean
  /** 0: the chip's own key (VCEK), 1: one of the cloud's (VLEK), 7: unsigned. */
  readonly signingKey: number
  readonly reportData: Uint8Array
  readonly measurement: Uint8Array
  readonly hostData: Uint8Array
  readonly idKeyDigest: Uint8Array
  readonly authorKeyDigest: Uint8Array
  readonly reportedTcb: Uint8Array
  /** Family, model and stepping; from version 3 on. */
  readonly cpuId: { readonly family: number; readonly model: number } | undefined
  readonly chipId: Uint8Array
  readonly committedTcb: Uint8Array
  readonly launchTcb: Uint8Array
  readonly signed: Uint8Array
  /** ECDSA P-384, big endian: r, then s. */
  readonly signature: Uint8Array
}

const REPORT_LENGTH = 1184
const SIGNED_LENGTH = 0x2a0
const ECDSA_P384_SHA384 = 1

export function readSnpReport(bytes: Uint8Array): SnpReport {
  const reader = new ByteReader(bytes, 'The SEV-SNP report')
  const version = reader.u32()
  if (version < 2 || version > 5) refuse('NOT_SUPPORTED', 'The SEV-SNP report is of a version that is not verified here.', `version ${version}`)
  const guestSvn = reader.u32()
  const policy = reader.u64()
  reader.bytes(32)
  const vmpl = reader.u32()
  const algorithm = reader.u32()
  if (algorithm !== ECDSA_P384_SHA384) refuse('NOT_SUPPORTED', 'The SEV-SNP report is not signed by ECDSA P-384.', `algorithm ${algorithm}`)
  const currentTcb = reader.bytes(8)
  const platformInfo = reader.u64()
  const flags = reader.u32()
  reader.bytes(4)
  const reportData = reader.bytes(64)
  const measurement = reader.bytes(48)
  const hostData = reader.bytes(32)
  const idKeyDigest = reader.bytes(48)
  const authorKeyDigest = reader.bytes(48)
  reader.bytes(64)
  const reportedTcb = reader.bytes(8)
  const [family, model] = [reader.u8(), reader.u8()]
  reader.bytes(22)
  const chipId = reader.bytes(64)
  const committedTcb = reader.bytes(8)
  reader.bytes(8)
  const launchTcb = reader.bytes(8)
  reader.bytes(SIGNED_LENGTH - reader.offset)
  const signature = Buffer.concat([takeNumber(reader), takeNumber(reader)])
  if (!isZero(reader.bytes(REPORT_LENGTH - reader.offset))) refuse('MALFORMED', 'The SEV-SNP report has bytes behind its signature.')
  reader.end()
  return {
    version,
    guestSvn,
    policy,
    vmpl,
    currentTcb,
    platformInfo,
    chipKeyMasked: (flags & 2) !== 0,
    signingKey: (flags >> 2) & 7,
    reportData,
    measurement,
    hostData,
    idKeyDigest,
    authorKeyDigest,
    reportedTcb,
    cpuId: version >= 3 ? { family, model } : undefined,
    chipId,
    committedTcb,
    launchTcb,
    signed: bytes.subarray(0, SIGNED_LENGTH),
    signature,
  }
}

/** A number of 384 bits in 72 bytes, lowest first. */
function takeNumber(reader: ByteReader): Uint8Array {
  const bytes = reader.bytes(72)
  if (!isZero(bytes.subarray(48))) refuse('MALFORMED', 'The signature of the SEV-SNP report is too large.')
  // A copy: the evidence is the caller's.
  return Uint8Array.from(bytes.subarray(0, 48)).reverse()
}

/** TCB_VERSION: Turin moved its parts and has one more. */
export function readTcb(bytes: Uint8Array, product: string): SnpTcb {
  const at = (index: number): number => bytes[index] ?? 0
  if (product === 'Turin') return { fmc: at(0), bootloader: at(1), tee: at(2), snp: at(3), microcode: at(7) }
  return { bootloader: at(0), tee: at(1), snp: at(6), microcode: at(7) }
}

/** The product line of a processor, for those that can do SEV-SNP. */
export function productOf({ family, model }: { family: number; model: number }): string | undefined {
  if (family === 0x19 && model < 0x10) return 'Milan'
  if (family === 0x19 && (model < 0x20 || (model >= 0xa0 && model < 0xb0))) return 'Genoa'
  return family === 0x1a && model < 0x12 ? 'Turin' : undefined
}
