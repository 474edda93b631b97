import { type Address, concat, toHex } from 'viem'
import { InvalidPolicyFieldError } from '../../errors/policy.ts'
import type { EntryPointVersion } from '../entryPoint.ts'
import { nonceKeyOf } from '../nonceKey.ts'

export type AccountKind = 'kernel' | 'nexus' | 'msa' | 'safe7579' | 'openzeppelin'

/** How the accounts of one kind read a nonce. Nothing here asks a chain. */
export type AccountLanes = {
  readonly kind: AccountKind
  /** Releases of the EntryPoint that the kind is known to work with. */
  readonly entryPoints: readonly EntryPointVersion[]
  /** Whether the account knows its owner through a validator only, which one has to name. */
  readonly needsOwnerValidator: boolean
  /** How many bits of a nonce key are free for parallel sequences. */
  readonly laneBits: number
  /**
   * The 24-byte nonce key under which `validator` is asked.
   *
   * @param lane parallel nonce sequences, 0 to 2^laneBits − 1
   * @throws InvalidPolicyFieldError
   */
  readonly nonceKey: (validator: Address, lane?: number | bigint) => bigint
  /** The 24-byte nonce key of operations by the owner whom `ownerValidator` knows. */
  readonly ownerNonceKey: (ownerValidator: Address) => bigint
}

const KERNEL_LANE_BITS = 16
const NEXUS_LANE_BITS = 24
const EVERY_ENTRY_POINT = ['0.7', '0.8', '0.9'] as const

/** Lane bytes as a nonce key has them. @throws InvalidPolicyFieldError */
function laneBytes(lane: number | bigint, bits: number): `0x${string}` {
  const value = BigInt(lane)
  if (value < 0n || value >= 1n << BigInt(bits)) {
    throw new InvalidPolicyFieldError('lane', lane, `a whole number from 0 to ${(1n << BigInt(bits)) - 1n}`, {
      code: 'OutOfRange',
    })
  }
  return toHex(value, { size: bits / 8 })
}

const nexusKey = (validator: Address, lane: number | bigint = 0): bigint =>
  BigInt(concat([laneBytes(lane, NEXUS_LANE_BITS), '0x00', validator]))

export const ACCOUNT_LANES: Readonly<Record<AccountKind, AccountLanes>> = {
  /** `mode 00 · type 01 · validator (20) · lane (2)`. */
  kernel: {
    kind: 'kernel',
    entryPoints: EVERY_ENTRY_POINT,
    needsOwnerValidator: false,
    laneBits: KERNEL_LANE_BITS,
    nonceKey: (validator, lane = 0) => BigInt(concat(['0x0001', validator, laneBytes(lane, KERNEL_LANE_BITS)])),
    // Type 00 is the root validator, whichever that is: Kernel does not look at the address, but ZeroDev's SDK puts it there.
    ownerNonceKey: (ownerValidator) => BigInt(concat(['0x0000', ownerValidator, '0x0000'])),
  },
  /** `lane (3) · mode 00 · validator (20)`. */
  nexus: {
    kind: 'nexus',
    entryPoints: EVERY_ENTRY_POINT,
    needsOwnerValidator: true,
    laneBits: NEXUS_LANE_BITS,
    nonceKey: nexusKey,
    ownerNonceKey: (ownerValidator) => nexusKey(ownerValidator),
  },
  /** `validator (20) · lane (4)`; its EntryPoint is a constant of its code. */
  msa: {
    kind: 'msa',
    entryPoints: ['0.7'],
    needsOwnerValidator: true,
    laneBits: 32,
    nonceKey: nonceKeyOf,
    ownerNonceKey: (ownerValidator) => nonceKeyOf(ownerValidator),
  },
  /** `validator (20) · lane (4)`; the zero validator stands for the Safe's owners. The adapter's EntryPoint is a constant of its code. */
  safe7579: {
    kind: 'safe7579',
    entryPoints: ['0.7'],
    needsOwnerValidator: false,
    laneBits: 32,
    nonceKey: nonceKeyOf,
    ownerNonceKey: (ownerValidator) => nonceKeyOf(ownerValidator),
  },
  /** `validator (20) · lane (4)`; the zero validator stands for the account's own signer, where it has one. */
  openzeppelin: {
    kind: 'openzeppelin',
    entryPoints: EVERY_ENTRY_POINT,
    needsOwnerValidator: false,
    laneBits: 32,
    nonceKey: nonceKeyOf,
    ownerNonceKey: (ownerValidator) => nonceKeyOf(ownerValidator),
  },
}

/** The bits of a nonce key that are free for parallel sequences. */
export function laneMaskOf({ laneBits, nonceKey }: Pick<AccountLanes, 'laneBits' | 'nonceKey'>): bigint {
  const any = '0x0000000000000000000000000000000000000000'
  return nonceKey(any, (1n << BigInt(laneBits)) - 1n) ^ nonceKey(any)
}
