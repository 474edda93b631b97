import { type Address, type Hex, concat, size, toHex } from 'viem'
import { ByteReader } from './byteReader.ts'
import { type CoSigner, decodeCoSigner, encodeCoSigner } from './coSigner.ts'
import { type FrameRules, encodeFrameRules, readFrameRules } from './frameRules.ts'
import { countsCalls } from './namedMeters.ts'
import { PERIOD_CODES, type Period, periodOfCode } from './periods.ts'

const SECTION_PINNED_CODE = 1
const SECTION_CO_SIGNER = 2
const SECTION_CHECKER = 4
const SECTION_FRAME = 8
/** Has no bytes: some meter counts every call. */
const SECTION_CALL_METERS = 16
/** Has no bytes: the account forces `executeUserOp` around its calls. */
const SECTION_EXECUTE_USER_OP = 32
const KNOWN_SECTIONS =
  SECTION_PINNED_CODE | SECTION_CO_SIGNER | SECTION_CHECKER | SECTION_FRAME | SECTION_CALL_METERS | SECTION_EXECUTE_USER_OP
const PAYMASTER_MODE_CODES = { sponsor: 1, token: 2 } as const

/** A counter with a cap and a period, in one token or by number (1 to 65,535 in the address's place). Its identity is (token, tag). */
export type Meter = {
  token: Address
  tag: number
  period: Period
  /** Token units. */
  cap: bigint
}

/** A paymaster that the key may use. */
export type PaymasterEntry = {
  address: Address
  /** What the paymaster's own data, after its two gas limits, must begin with. */
  prefix: Hex
} & (
  | { mode: 'sponsor' }
  /** `rate`: token units per 1e18 wei of the largest gas cost, charged to the meter. */
  | { mode: 'token'; meterIndex: number; rate: bigint }
)

export type Header = {
  meters: readonly Meter[]
  paymasters: readonly PaymasterEntry[]
  /** A contract that is asked about every call. */
  checker?: Address | undefined
  /** Frame rules of a measured key. */
  frame?: FrameRules | undefined
  /** EXTCODEHASH that the account must have. */
  pinnedCode: Hex | undefined
  /** Who signs too above some amounts. */
  coSigner?: CoSigner | undefined
  /** The account forces `executeUserOp` around its calls. */
  executeUserOp?: boolean | undefined
}

function encodeMeter(meter: Meter): Hex {
  return concat([
    meter.token,
    toHex(meter.tag, { size: 1 }),
    toHex(PERIOD_CODES[meter.period], { size: 1 }),
    toHex(meter.cap, { size: 16 }),
  ])
}

function encodePaymaster(entry: PaymasterEntry): Hex {
  return concat([
    entry.address,
    toHex(PAYMASTER_MODE_CODES[entry.mode], { size: 1 }),
    toHex(size(entry.prefix), { size: 1 }),
    entry.prefix,
    ...(entry.mode === 'token' ? [toHex(entry.meterIndex, { size: 1 }), toHex(entry.rate, { size: 16 })] : []),
  ])
}

/** `header` of docs/WIRE-FORMAT.md. */
export function encodeHeader(header: Header): Hex {
  const { meters, paymasters, frame, checker, pinnedCode, coSigner, executeUserOp } = header
  const sections =
    (pinnedCode ? SECTION_PINNED_CODE : 0) |
    (coSigner ? SECTION_CO_SIGNER : 0) |
    (checker ? SECTION_CHECKER : 0) |
    (frame ? SECTION_FRAME : 0) |
    (meters.some(countsCalls) ? SECTION_CALL_METERS : 0) |
    (executeUserOp ? SECTION_EXECUTE_USER_OP : 0)
  return concat([
    toHex(meters.length, { size: 1 }),
    toHex(paymasters.length, { size: 1 }),
    toHex(sections, { size: 1 }),
    ...meters.map(encodeMeter),
    ...paymasters.map(encodePaymaster),
    ...(frame ? [encodeFrameRules(frame)] : []),
    ...(coSigner ? [encodeCoSigner(coSigner)] : []),
    ...(checker ? [checker] : []),
    ...(pinnedCode ? [pinnedCode] : []),
  ]).toLowerCase() as Hex
}

function readMeter(reader: ByteReader): Meter {
  const token = reader.address()
  const tag = reader.number(1)
  const period = periodOfCode(reader.number(1)) ?? reader.fail('unknown period')
  return { token, tag, period, cap: reader.integer(16) }
}

function readPaymaster(reader: ByteReader): PaymasterEntry {
  const address = reader.address()
  const mode = reader.number(1)
  const prefix = reader.bytes(reader.number(1))
  if (mode === PAYMASTER_MODE_CODES.sponsor) return { address, prefix, mode: 'sponsor' }
  if (mode !== PAYMASTER_MODE_CODES.token) reader.fail('unknown paymaster mode')
  return { address, prefix, mode: 'token', meterIndex: reader.number(1), rate: reader.integer(16) }
}

/** Inverse of {@link encodeHeader}. Throws `MalformedBytesError`. */
export function decodeHeader(bytes: Hex): Header {
  const reader = new ByteReader(bytes, 'header')
  const meterCount = reader.number(1)
  const paymasterCount = reader.number(1)
  const sections = reader.number(1)
  if ((sections & ~KNOWN_SECTIONS) !== 0) reader.fail('unknown section')
  const meters = Array.from({ length: meterCount }, () => readMeter(reader))
  const paymasters = Array.from({ length: paymasterCount }, () => readPaymaster(reader))
  if (meters.some(countsCalls) !== ((sections & SECTION_CALL_METERS) !== 0)) reader.fail('the wrong bit for call meters')
  const frame = (sections & SECTION_FRAME) === 0 ? undefined : readFrameRules(reader)
  const behind = ((sections & SECTION_CHECKER) === 0 ? 0 : 20) + ((sections & SECTION_PINNED_CODE) === 0 ? 0 : 32)
  if (reader.left < behind) reader.fail('the sections are cut off')
  // Its lengths stand at its end, so it is what is left in front of the sections that have fixed lengths.
  const coSigner =
    (sections & SECTION_CO_SIGNER) === 0 ? undefined : decodeCoSigner(reader.bytes(reader.left - behind))
  const checker = (sections & SECTION_CHECKER) === 0 ? undefined : reader.address()
  const pinnedCode = (sections & SECTION_PINNED_CODE) === 0 ? undefined : reader.bytes(32)
  reader.end()
  const executeUserOp = (sections & SECTION_EXECUTE_USER_OP) !== 0
  return {
    meters,
    paymasters,
    ...(frame && { frame }),
    ...(checker && { checker }),
    pinnedCode,
    ...(coSigner && { coSigner }),
    ...(executeUserOp && { executeUserOp }),
  }
}
