import { refuse } from '../errors.ts'
import { equalBytes, equalUnderMask, fromHex, isZero, toHex } from '../shared/bytes.ts'
import type { TcbStatus } from '../verdict.ts'
import type { PckPlatform } from './pckExtension.ts'
import type { EnclaveReport, TdReport } from './quote.ts'
import type { QeIdentity, TcbInfo } from './tcbInfo.ts'

/** A status with the advisories that Intel names for it. */
export type TcbFinding = { readonly status: TcbStatus; readonly advisoryIds: readonly string[] }

type Level = { readonly tcbStatus: TcbStatus; readonly advisoryIDs?: readonly string[] | undefined }

/**
 * The first level of the TCB info that the platform reaches in every component, as Intel's "TDX Supplemental
 * Information" (API for PCS, v4) orders them. With a module identity of its own, components 0 and 1 are the module's.
 */
export function platformStatus(tcbInfo: TcbInfo, platform: PckPlatform, report: TdReport): TcbFinding {
  if (tcbInfo.fmspc.toUpperCase() !== platform.fmspc) refuse('COLLATERAL', 'The TCB info is of another kind of platform.', `${tcbInfo.fmspc} for ${platform.fmspc}`)
  if (tcbInfo.pceId.toUpperCase() !== platform.pceId) refuse('COLLATERAL', 'The TCB info is of another PCE.', `${tcbInfo.pceId} for ${platform.pceId}`)
  const svns = [...report.teeTcbSvn]
  const from = moduleVersion(report) > 0 ? 2 : 0
  const level = tcbInfo.tcbLevels.find(
    ({ tcb }) =>
      reaches(platform.components, tcb.sgxtcbcomponents, 0) &&
      platform.pceSvn >= tcb.pcesvn &&
      reaches(svns, tcb.tdxtcbcomponents, from),
  )
  return level ? finding(level) : refuse('TCB', "The platform is below every level of Intel's TCB info.", `TEE TCB SVN ${toHex(report.teeTcbSvn)}`)
}

/** Who signed the TDX module, and how recent it is. Module versions above 0 have an identity of their own. */
export function moduleStatus(tcbInfo: TcbInfo, report: TdReport): TcbFinding {
  const version = moduleVersion(report)
  const id = `TDX_${version.toString(16).padStart(2, '0').toUpperCase()}`
  const own = tcbInfo.tdxModuleIdentities.find((it) => it.id.toUpperCase() === id)
  if (version > 0 && !own) refuse('TCB', "Intel's TCB info does not know the TDX module.", id)
  const identity = own ?? tcbInfo.tdxModule
  if (!equalBytes(report.mrSignerSeam, fromHex(identity.mrsigner, 'A signer'))) refuse('TCB', 'The TDX module is signed by another key.', toHex(report.mrSignerSeam))
  const [wanted, mask] = [fromHex(identity.attributes, 'Attributes'), fromHex(identity.attributesMask, 'A mask')]
  if (!equalUnderMask(report.seamAttributes, wanted, mask)) refuse('TCB', 'The TDX module runs with other attributes.', toHex(report.seamAttributes))
  if (!own || version === 0) return { status: 'UpToDate', advisoryIds: [] }
  const level = own.tcbLevels.find(({ tcb }) => (report.teeTcbSvn[0] ?? 0) >= tcb.isvsvn)
  return level ? finding(level) : refuse('TCB', 'The TDX module is below every level of its identity.', `version ${report.teeTcbSvn[0]}`)
}

/** Whether the quoting enclave is Intel's own, and how recent it is. */
export function qeStatus(identity: QeIdentity, report: EnclaveReport): TcbFinding {
  const bytes = (hex: string): Uint8Array => fromHex(hex, 'The QE identity')
  if (!equalBytes(report.mrSigner, bytes(identity.mrsigner))) refuse('TCB', "The quoting enclave is not signed by Intel's key.", toHex(report.mrSigner))
  if (report.isvProdId !== identity.isvprodid) refuse('TCB', 'The quoting enclave is another product.', String(report.isvProdId))
  if (!equalUnderMask(report.miscSelect, littleEndian(identity.miscselect), littleEndian(identity.miscselectMask)))
    refuse('TCB', 'The quoting enclave has another MISCSELECT.', toHex(report.miscSelect))
  if (!equalUnderMask(report.attributes, bytes(identity.attributes), bytes(identity.attributesMask)))
    refuse('TCB', 'The quoting enclave runs with other attributes.', toHex(report.attributes))
  const level = identity.tcbLevels.find(({ tcb }) => report.isvSvn >= tcb.isvsvn)
  return level ? finding(level) : refuse('TCB', 'The quoting enclave is below every level of its identity.', `ISVSVN ${report.isvSvn}`)
}

/** What an outdated part does to the status of the whole, as Intel's verification library has it. */
export function converge(platform: TcbStatus, part: TcbStatus): TcbStatus {
  if (platform === 'Revoked' || part === 'Revoked') return 'Revoked'
  if (part === 'UpToDate') return platform
  const needsConfiguration = [platform, part].some((it) => it.includes('Configuration'))
  const outdated = [platform, part].some((it) => it.startsWith('OutOfDate'))
  if (outdated) return needsConfiguration ? 'OutOfDateConfigurationNeeded' : 'OutOfDate'
  if (!needsConfiguration) return 'SWHardeningNeeded'
  return [platform, part].some((it) => it.includes('SWHardening')) ? 'ConfigurationAndSWHardeningNeeded' : 'ConfigurationNeeded'
}

/** The TDX module itself runs as Intel signed it, without debug or other attributes of its own. */
export function checkSeamAttributes(report: TdReport): void {
  if (!isZero(report.seamAttributes)) refuse('TCB', 'The TDX module runs with attributes of its own.', toHex(report.seamAttributes))
}

const moduleVersion = (report: TdReport): number => report.teeTcbSvn[1] ?? 0

function reaches(svns: readonly number[], level: readonly { svn: number }[], from: number): boolean {
  return level.every(({ svn }, index) => index < from || (svns[index] ?? 0) >= svn)
}

const finding = ({ tcbStatus, advisoryIDs = [] }: Level): TcbFinding => ({ status: tcbStatus, advisoryIds: advisoryIDs })

/** The JSON writes MISCSELECT as a number, the report as bytes from the lowest. */
const littleEndian = (hex: string): Uint8Array => fromHex(hex, 'MISCSELECT').toReversed()
