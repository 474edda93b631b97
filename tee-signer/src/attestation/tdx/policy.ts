import { refuse } from '../errors.ts'
import { equalBytes, includesHex, isZero, toHex } from '../shared/bytes.ts'
import type { TcbStatus } from '../verdict.ts'
import { type TdxEvent, replay } from './eventLog.ts'
import type { TdReport } from './quote.ts'

/** Allowed values (SHA-384, hex) of a register. */
type Allowed = readonly string[]

export type TdxMeasurements = {
  readonly mrTd: Allowed
  readonly rtmr0: Allowed
  readonly rtmr1: Allowed
  readonly rtmr2: Allowed
  /** The application's register as a whole; or pin what was put into it by `events`. */
  readonly rtmr3?: Allowed
  /** Allowed payloads (hex) of events of RTMR3 by name; each must have happened exactly once. Needs the event log. */
  readonly events?: Readonly<Record<string, Allowed>>
  readonly mrConfigId?: Allowed
  readonly mrOwner?: Allowed
  readonly mrOwnerConfig?: Allowed
  readonly mrSeam?: Allowed
}

export type TdxPolicy = {
  readonly measurements: TdxMeasurements | 'unpinned'
  /** What platform, TDX module and quoting enclave may each be, and together. Default: UpToDate. */
  readonly tcbStatuses?: readonly TcbStatus[]
  /** Refuse collateral of an earlier evaluation of Intel's. Default 0. */
  readonly minimumTcbEvaluationDataNumber?: number
  /** Accept trust domains whose memory the host can read. Default false. */
  readonly allowDebug?: boolean
  /** Accept trust domains into which the host can inject #VE exceptions. Default false. */
  readonly allowSeptVe?: boolean
  /** Accept trust domains that a service domain may move to another machine. Default false. */
  readonly allowMigration?: boolean
  /** SHA-256 of trusted roots' DER, hex. Default: Intel's. */
  readonly roots?: readonly string[]
}

// Bits 28 and 29 of TDATTRIBUTES, in byte 3.
const SEPT_VE_DISABLE = 0x10
const MIGRATABLE = 0x20

/** Any bit of the first byte ("TD under debug") makes it one. */
export function isDebug(report: TdReport): boolean {
  return report.tdAttributes[0] !== 0
}

export function checkAttributes(report: TdReport, policy: TdxPolicy): void {
  if (isDebug(report) && !policy.allowDebug) refuse('DEBUG', 'The trust domain runs in debug mode.', toHex(report.tdAttributes))
  const bits = report.tdAttributes[3] ?? 0
  if ((bits & SEPT_VE_DISABLE) === 0 && !policy.allowSeptVe)
    refuse('CLAIM', 'The trust domain has not disabled #VE on pages that the host takes away.', toHex(report.tdAttributes))
  const movable = (bits & MIGRATABLE) !== 0 || !isZero(report.mrServiceTd ?? new Uint8Array())
  if (movable && !policy.allowMigration) refuse('CLAIM', 'The trust domain may be moved to another machine.', toHex(report.tdAttributes))
}

/** Refuses a log that does not lead to the registers that it has events for. RTMR3 must always follow from it. */
export function checkEventLog(report: TdReport, events: readonly TdxEvent[] | undefined): void {
  if (!events) return
  const replayed = replay(events)
  for (const [index, register] of report.rtmrs.entries()) {
    const covered = index === 3 || events.some((event) => event.register === index)
    if (covered && !equalBytes(register, replayed[index] as Uint8Array))
      refuse('MEASUREMENT', `The event log does not lead to RTMR${index}.`, `${toHex(register)} in the quote, ${toHex(replayed[index] as Uint8Array)} replayed`)
  }
}

export function checkMeasurements(report: TdReport, events: readonly TdxEvent[] | undefined, policy: TdxPolicy): void {
  if (policy.measurements === 'unpinned') return
  const pins = policy.measurements
  if (!pins.rtmr3 && Object.keys(pins.events ?? {}).length === 0) refuse('NO_POLICY', 'The policy pins neither RTMR3 nor an event in it.')
  const [rtmr0, rtmr1, rtmr2, rtmr3] = report.rtmrs
  const registers: readonly (readonly [string, Uint8Array, Allowed | undefined])[] = [
    ['MRTD', report.mrTd, pins.mrTd],
    ['RTMR0', rtmr0, pins.rtmr0],
    ['RTMR1', rtmr1, pins.rtmr1],
    ['RTMR2', rtmr2, pins.rtmr2],
    ['RTMR3', rtmr3, pins.rtmr3],
    ['MRCONFIGID', report.mrConfigId, pins.mrConfigId],
    ['MROWNER', report.mrOwner, pins.mrOwner],
    ['MROWNERCONFIG', report.mrOwnerConfig, pins.mrOwnerConfig],
    ['MRSEAM', report.mrSeam, pins.mrSeam],
  ]
  for (const [name, value, allowed] of registers)
    if (allowed && !includesHex(allowed, value)) refuse('MEASUREMENT', `${name} is not one of the pinned values.`, toHex(value))
  for (const [name, allowed] of Object.entries(pins.events ?? {})) checkEvent(events, name, allowed)
}

/** An application can append to RTMR3 too, so a second event of the same name is not the one that was meant. */
function checkEvent(events: readonly TdxEvent[] | undefined, name: string, allowed: Allowed): void {
  if (!events) refuse('COLLATERAL', 'The policy pins events of RTMR3, and the evidence has no event log.')
  const found = events.filter((event) => event.register === 3 && event.name === name)
  const [event] = found
  if (found.length !== 1 || event?.register !== 3) refuse('MEASUREMENT', `RTMR3 has the event ${name} ${found.length} times.`)
  if (!includesHex(allowed, event.payload)) refuse('MEASUREMENT', `The event ${name} of RTMR3 is not one of the pinned values.`, toHex(event.payload))
}
