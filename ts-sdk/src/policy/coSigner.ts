import { type Address, type Hex, concat, getAddress, isAddressEqual, isHex, size, slice, toHex, zeroAddress } from 'viem'
import { InvalidPolicyFieldError, MalformedBytesError, UnsafePolicyError } from '../errors/policy.ts'
import { addressField, amountField, bytesField, integerField, knownFields, listField } from './fields.ts'
import type { NamedMeters } from './namedMeters.ts'
import { MAX_SIGNER_LENGTH, type SignerLike, encodeSigner } from './signer.ts'

const NATIVE_INDEX = 0xff
const THRESHOLD_LENGTH = 17
const EOA_KIND = '0x01'
const VERIFIER_KIND = '0x02'
const EOA_LENGTH = 21
const MAX_THRESHOLDS = 255
const MAX_AMOUNT = 2n ** 128n - 1n

/** From which amount on an operation needs the co-signer too. */
export type CoSignThreshold = {
  /** Index of the header's meter. */
  readonly meter: number | 'native'
  /** What an operation may charge on it with the key's signature alone: token units, or wei. */
  readonly above: bigint
}

/** The header's section 1. `signer`: an address, or `verifier · key` (ERC-7913). */
export type CoSigner = { readonly signer: Hex; readonly thresholds: readonly CoSignThreshold[] }

/** Who else must sign what an operation charges above a threshold, as a person writes it. */
export type CoSignerPolicy = {
  /** An EOA's address, or a key that a verifier checks; neither the account nor the session key. */
  readonly signer: SignerLike
  readonly thresholds: readonly CoSignThresholdPolicy[]
}

/** A limit, and how much of it one operation or redemption may charge by the key alone. */
export type CoSignThresholdPolicy = {
  /** Which of the limits of that token or name, by its tag. Default: its first. */
  readonly tag?: number
  /**
   * The whole batch and, where the account pays for it, the largest gas cost, may charge up to this much. The limit's own
   * units, native in wei; from 1 to the limit's amount.
   */
  readonly above: bigint
} & (
  | {
      /** A token of `tokenLimits`, or the native token. */
      readonly token: Address | 'native'
    }
  | {
      /** A name of `meters`. */
      readonly meter: string
    }
)

type Limits = {
  readonly meters: readonly { readonly token: Address; readonly tag: number; readonly cap: bigint }[]
  readonly named: NamedMeters
  /** Wei. */
  readonly nativeCap: bigint | undefined
}

/** Checks the field `coSigner` of a policy. @throws InvalidPolicyFieldError, UnsafePolicyError */
export function readCoSigner(input: CoSignerPolicy | undefined, limits: Limits): CoSigner | undefined {
  if (input === undefined) return undefined
  knownFields('coSigner', input, ['signer', 'thresholds'])
  const signer = readSigner(input.signer)
  if (isAddressEqual(slice(signer, 0, 20), zeroAddress)) {
    throw new UnsafePolicyError('CosignerInvalid', 'coSigner.signer', signer, 'the address of a person who signs')
  }
  const thresholds: CoSignThreshold[] = []
  for (const [index, entry] of listField('coSigner.thresholds', input.thresholds, 1, MAX_THRESHOLDS).entries()) {
    const field = `coSigner.thresholds[${index}]`
    knownFields(field, entry, ['meter' in entry ? 'meter' : 'token', 'tag', 'above'])
    const meter = meterOf(field, entry, limits)
    const cap = meter === 'native' ? limits.nativeCap : limits.meters[meter]?.cap
    const above = amountField(`${field}.above`, entry.above, MAX_AMOUNT, meter === 'native' ? 'wei' : 'units')
    if (cap === undefined || above > cap) {
      throw new UnsafePolicyError(
        'ThresholdInvalid',
        `${field}.above`,
        above,
        `at most the limit's amount (${cap ?? 'none'}): above it nothing would ever need the co-signer`,
      )
    }
    const twin = thresholds.findIndex((it) => it.meter === meter)
    if (twin !== -1) {
      throw new UnsafePolicyError(
        'ThresholdDuplicate',
        field,
        'meter' in entry ? entry.meter : entry.token,
        `one threshold for each limit; \`coSigner.thresholds[${twin}]\` is on the same`,
      )
    }
    thresholds.push({ meter, above })
  }
  return { signer, thresholds }
}

/** An address of 20 bytes, or `verifier (20) · key`. */
function readSigner(input: unknown): Hex {
  const field = 'coSigner.signer'
  const value = typeof input === 'object' && input !== null && 'signer' in input ? input.signer : input
  if (!isHex(value) || size(value) <= EOA_LENGTH - 1) return addressField(field, value)
  return bytesField(field, value, EOA_LENGTH, MAX_SIGNER_LENGTH)
}

function meterOf(field: string, entry: CoSignThresholdPolicy, limits: Limits): number | 'native' {
  if ('meter' in entry) return namedMeterOf(field, entry, limits)
  if (entry.token === 'native') {
    if (entry.tag !== undefined) {
      throw new InvalidPolicyFieldError(`${field}.tag`, entry.tag, 'nothing: the native limit has no tag')
    }
    if (limits.nativeCap !== undefined) return 'native'
    throw new UnsafePolicyError('ThresholdInvalid', `${field}.token`, 'native', 'a policy with a `nativeLimit`')
  }
  const token = addressField(`${field}.token`, entry.token)
  const tag = entry.tag === undefined ? undefined : Number(integerField(`${field}.tag`, entry.tag, 0n, 255n, 'tags'))
  const index = limits.meters.findIndex((it) => isAddressEqual(it.token, token) && (tag ?? it.tag) === it.tag)
  if (index !== -1) return index
  throw new UnsafePolicyError('ThresholdInvalid', `${field}.token`, token, 'a token, and tag, of `tokenLimits`')
}

function namedMeterOf(
  field: string,
  { meter, tag = 0 }: CoSignThresholdPolicy & { readonly meter: string },
  { named }: Limits,
): number {
  const index = named.get(meter)?.[Number(integerField(`${field}.tag`, tag, 0n, 255n, 'tags'))]
  if (index !== undefined) return index
  throw new UnsafePolicyError('ThresholdInvalid', `${field}.meter`, meter, 'a name, and tag, of `meters`')
}

/** `section 1` of docs/WIRE-FORMAT.md. */
export function encodeCoSigner({ signer, thresholds }: CoSigner): Hex {
  const bytes = encodeSigner(signer)
  return concat([
    bytes,
    toHex(size(bytes), { size: 1 }),
    ...thresholds.map(({ meter, above }) =>
      concat([toHex(meter === 'native' ? NATIVE_INDEX : meter, { size: 1 }), toHex(above, { size: 16 })]),
    ),
    toHex(thresholds.length, { size: 1 }),
  ])
}

/** Inverse of {@link encodeCoSigner}, for all the bytes of the section. @throws MalformedBytesError */
export function decodeCoSigner(bytes: Hex): CoSigner {
  const fail = (offset: number, reason: string): never => {
    throw new MalformedBytesError('co-signer', offset, reason)
  }
  const number = (offset: number) => Number(slice(bytes, offset, offset + 1))
  const length = size(bytes)
  if (length < 1) fail(0, 'empty')
  const count = number(length - 1)
  if (count === 0) fail(length - 1, 'no thresholds')
  const start = length - 1 - THRESHOLD_LENGTH * count
  if (start < EOA_LENGTH + 1) fail(length - 1, `${count} thresholds and a signer take other bytes than ${length}`)
  if (number(start - 1) !== start - 1) fail(start - 1, `a signer of ${start - 1} bytes says otherwise`)
  const isEoa = start - 1 === EOA_LENGTH
  if (slice(bytes, 0, 1) !== (isEoa ? EOA_KIND : VERIFIER_KIND)) fail(0, 'neither an EOA nor a key with its verifier')
  const thresholds = Array.from({ length: count }, (_, index): CoSignThreshold => {
    const offset = start + THRESHOLD_LENGTH * index
    const meter = number(offset)
    return {
      meter: meter === NATIVE_INDEX ? 'native' : meter,
      above: BigInt(slice(bytes, offset + 1, offset + THRESHOLD_LENGTH)),
    }
  })
  const signer = slice(bytes, 1, start - 1)
  return { signer: isEoa ? getAddress(signer) : signer, thresholds }
}
