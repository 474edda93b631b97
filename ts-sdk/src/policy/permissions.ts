import { type Address, type Hex, concat, keccak256, size, slice, toHex, zeroAddress } from 'viem'
import {
  type Clause,
  encodeClauses,
  encodeSingle,
  readClauses,
  readSingle,
  singleComparison,
  usesSets,
} from '../conditions/comparisons.ts'
import { ByteReader } from './byteReader.ts'
import { type Charge, encodeCharges, readCharges } from './charges.ts'

const KIND_CODES = { exact: 1, anyTarget: 2, anySelector: 3, emptyCalldata: 4 } as const
const MARK_CODES = { charged: 1, uncapped: 2, movesNothing: 3 } as const
const SECTION_MAX_VALUE = 1
const SECTION_CONDITIONS = 2
const SECTION_CHARGES = 4
const SECTION_SETS = 8
/** With no other bit than that of sets: the body is a single comparison. */
const SINGLE = 16
const KNOWN_SECTIONS = SECTION_MAX_VALUE | SECTION_CONDITIONS | SECTION_CHARGES | SECTION_SETS

export const NO_SELECTOR = '0x00000000'

export type PermissionKind = keyof typeof KIND_CODES
export type PermissionMark = keyof typeof MARK_CODES

/** Where + what + how much. One leaf of the policy's tree. */
export type Permission = {
  kind: PermissionKind
  /** `charged`: by the module's table of token selectors. */
  mark: PermissionMark
  /** Zero address for `anyTarget`. */
  target: Address
  /** Four zero bytes for `anySelector` and `emptyCalldata`. */
  selector: Hex
  /** Wei per call; 0: a call carries no value. */
  maxValue: bigint
  /** All of them hold. */
  conditions: readonly Clause[]
  /** What each call adds to numbered meters. */
  charges?: readonly Charge[] | undefined
}

/** All permissions of a policy. The first `hotCount` hang near the root, so that their proofs are short. */
export type Permissions = { hotCount: number; list: readonly Permission[] }

export function kindCode(kind: PermissionKind): number {
  return KIND_CODES[kind]
}

export function markCode(mark: PermissionMark): number {
  return MARK_CODES[mark]
}

function nameOf<T extends Record<string, number>>(codes: T, code: number): keyof T | undefined {
  return Object.keys(codes).find((name) => codes[name] === code)
}

/** `body` of a permission: value per call, argument conditions, charges; empty where there is none. */
export function encodeBody(permission: Pick<Permission, 'maxValue' | 'conditions' | 'charges'>): Hex {
  const { maxValue, conditions, charges = [] } = permission
  const sections =
    (maxValue > 0n ? SECTION_MAX_VALUE : 0) |
    (conditions.length > 0 ? SECTION_CONDITIONS : 0) |
    (charges.length > 0 ? SECTION_CHARGES : 0) |
    (usesSets(conditions) ? SECTION_SETS : 0)
  if (sections === 0) return '0x'
  const single = singleComparison(conditions)
  // What is nothing but one comparison has a form of its own, and no other.
  if (single && (sections & ~SECTION_SETS) === SECTION_CONDITIONS) {
    return concat([toHex(SINGLE | (sections & SECTION_SETS), { size: 1 }), encodeSingle(single)]).toLowerCase() as Hex
  }
  return concat([
    toHex(sections, { size: 1 }),
    ...(maxValue > 0n ? [toHex(maxValue, { size: 16 })] : []),
    ...(conditions.length > 0 ? [encodeClauses(conditions)] : []),
    ...(charges.length > 0 ? [encodeCharges(charges)] : []),
  ]).toLowerCase() as Hex
}

/** Inverse of {@link encodeBody}. Throws `MalformedBytesError`. */
export function decodeBody(bytes: Hex): Pick<Permission, 'maxValue' | 'conditions' | 'charges'> {
  if (size(bytes) === 0) return { maxValue: 0n, conditions: [] }
  const reader = new ByteReader(bytes, 'permission body')
  const sections = reader.number(1)
  if ((sections & ~SECTION_SETS) === SINGLE) {
    const conditions = [[readSingle(reader)]]
    if (((sections & SECTION_SETS) !== 0) !== usesSets(conditions)) reader.fail('sets that are not what the flag says')
    reader.end()
    return { maxValue: 0n, conditions }
  }
  if (sections === 0 || (sections & ~KNOWN_SECTIONS) !== 0) reader.fail('unknown sections')
  const maxValue = (sections & SECTION_MAX_VALUE) === 0 ? 0n : reader.integer(16)
  if ((sections & SECTION_MAX_VALUE) !== 0 && maxValue === 0n) reader.fail('a value limit of 0')
  const conditions = (sections & SECTION_CONDITIONS) === 0 ? [] : readClauses(reader)
  if (((sections & SECTION_SETS) !== 0) !== usesSets(conditions)) reader.fail('sets that are not what the flag says')
  const charges = (sections & SECTION_CHARGES) === 0 ? undefined : readCharges(reader)
  reader.end()
  if ((sections & ~SECTION_SETS) === SECTION_CONDITIONS && singleComparison(conditions)) {
    reader.fail('a single comparison that is not in the form for one')
  }
  return { maxValue, conditions, ...(charges && { charges }) }
}

/** Whether a leaf with this body carries set proofs. */
export function bodyUsesSets(body: Hex): boolean {
  return size(body) > 0 && (Number(slice(body, 0, 1)) & SECTION_SETS) !== 0
}

/** `permissions` of docs/WIRE-FORMAT.md. */
export function encodePermissions(permissions: Permissions): Hex {
  const { hotCount, list } = permissions
  return concat([
    toHex(list.length, { size: 2 }),
    toHex(hotCount, { size: 1 }),
    ...list.map((permission) => {
      const body = encodeBody(permission)
      return concat([
        toHex(KIND_CODES[permission.kind], { size: 1 }),
        toHex(MARK_CODES[permission.mark], { size: 1 }),
        permission.target,
        permission.selector,
        toHex(size(body), { size: 2 }),
        body,
      ])
    }),
  ]).toLowerCase() as Hex
}

/** Inverse of {@link encodePermissions}. Throws `MalformedBytesError`. */
export function decodePermissions(bytes: Hex): Permissions {
  const reader = new ByteReader(bytes, 'permissions')
  const count = reader.number(2)
  const hotCount = reader.number(1)
  if (hotCount > count) reader.fail('more hot permissions than permissions')
  const list = Array.from({ length: count }, (): Permission => {
    const kind = nameOf(KIND_CODES, reader.number(1)) ?? reader.fail('unknown kind')
    const mark = nameOf(MARK_CODES, reader.number(1)) ?? reader.fail('unknown mark')
    const target = reader.address()
    const selector = reader.bytes(4)
    return { kind, mark, target, selector, ...decodeBody(reader.bytes(reader.number(2))) }
  })
  reader.end()
  return { hotCount, list }
}

/** Hash of one permission: what the tree is built of. */
export function hashPermission(permission: Permission): Hex {
  return keccak256(
    concat([
      '0x00',
      toHex(KIND_CODES[permission.kind], { size: 1 }),
      toHex(MARK_CODES[permission.mark], { size: 1 }),
      permission.kind === 'anyTarget' ? zeroAddress : permission.target,
      permission.selector,
      keccak256(encodeBody(permission)),
    ]),
  )
}
