import type { Hex } from 'viem'

export type Platform = 'nitro' | 'tdx' | 'confidential-space' | 'sev-snp' | 'simulated'

/** What every verified piece of evidence says. Times are seconds since 1970. */
type Common<P extends Platform> = {
  readonly platform: P
  /** The time for which the verdict was given. */
  readonly checkedAt: number
  /** The verdict holds no longer than this: the first certificate, list or claim behind it expires then. */
  readonly validUntil: number
  /** Its host can look into the enclave. Always false unless the policy allows debug enclaves. */
  readonly debug: boolean
  /** The policy named the code that may run. False only where it said `unpinned`. */
  readonly pinned: boolean
  /** What the enclave asked its hardware to attest. */
  readonly boundData: Hex
}

export type NitroVerdict = Common<'nitro'> & {
  readonly moduleId: string
  /** When the document was made. */
  readonly timestamp: number
  readonly pcrs: Readonly<Record<number, Hex>>
  readonly nonce: Hex | undefined
  readonly userData: Hex | undefined
  readonly publicKey: Hex | undefined
}

/** Intel's words for how patched a platform is. */
export type TcbStatus =
  | 'UpToDate'
  | 'SWHardeningNeeded'
  | 'ConfigurationNeeded'
  | 'ConfigurationAndSWHardeningNeeded'
  | 'OutOfDate'
  | 'OutOfDateConfigurationNeeded'
  | 'Revoked'

export type TdxVerdict = Common<'tdx'> & {
  /** The worst of platform, TDX module and quoting enclave. */
  readonly tcbStatus: TcbStatus
  readonly platformTcbStatus: TcbStatus
  readonly moduleTcbStatus: TcbStatus
  readonly qeTcbStatus: TcbStatus
  readonly advisoryIds: readonly string[]
  readonly fmspc: string
  readonly tcbEvaluationDataNumber: number
  readonly mrTd: Hex
  readonly rtmrs: readonly [Hex, Hex, Hex, Hex]
  /** Events behind RTMR3, in order; empty without an event log. */
  readonly events: readonly { readonly name: string; readonly payload: Hex }[]
}

export type ConfidentialSpaceVerdict = Common<'confidential-space'> & {
  readonly audience: string
  readonly subject: string
  readonly issuedAt: number
  readonly imageDigest: string
  readonly hardware: string
  readonly nonces: readonly string[]
  readonly serviceAccounts: readonly string[]
}

/** Security version numbers of AMD's firmware; `fmc` on Turin and later only. */
export type SnpTcb = { readonly fmc?: number; readonly bootloader: number; readonly tee: number; readonly snp: number; readonly microcode: number }

export type SevSnpVerdict = Common<'sev-snp'> & {
  readonly product: string
  readonly measurement: Hex
  readonly hostData: Hex
  readonly chipId: Hex
  readonly vmpl: number
  readonly tcb: SnpTcb
  readonly guestSvn: number
}

export type SimulatedVerdict = Common<'simulated'> & { readonly measurement: Hex; readonly timestamp: number }

export type Verdict = NitroVerdict | TdxVerdict | ConfidentialSpaceVerdict | SevSnpVerdict | SimulatedVerdict
