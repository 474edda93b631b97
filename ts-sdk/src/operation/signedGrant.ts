import { type Address, type Hex, concat, hashStruct, size, slice, toHex } from 'viem'
import { InvalidSignedGrantError } from '../errors/signedGrant.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy, encodePolicySettings } from '../policy/encodePolicy.ts'
import type { Header } from '../policy/header.ts'
import { decodePermissions } from '../policy/permissions.ts'
import { encodeSigner } from '../policy/signer.ts'

const GRANT_FIELDS = [
  { name: 'chainId', type: 'uint256' },
  { name: 'module', type: 'address' },
  { name: 'account', type: 'address' },
  { name: 'epoch', type: 'uint32' },
  { name: 'serial', type: 'uint24' },
  { name: 'signer', type: 'bytes' },
  { name: 'settings', type: 'uint256' },
  { name: 'header', type: 'bytes' },
  { name: 'permissions', type: 'bytes' },
] as const
const GRANT_TYPES = { SessionKeyGrant: GRANT_FIELDS } as const
const GRANTS_TYPES = {
  SessionKeyGrants: [
    { name: 'grants', type: 'SessionKeyGrant[]' },
    { name: 'deadline', type: 'uint48' },
  ],
  SessionKeyGrant: GRANT_FIELDS,
} as const
const REVOCATION_TYPES = {
  SessionKeyRevocation: [
    { name: 'chainId', type: 'uint256' },
    { name: 'module', type: 'address' },
    { name: 'account', type: 'address' },
    { name: 'keyId', type: 'bytes32' },
    { name: 'epoch', type: 'uint32' },
    { name: 'serial', type: 'uint24' },
  ],
} as const
/** Names neither chain nor contract: each grant and each revocation does, so that one signature may cover several. */
const DOMAIN = { name: 'SessionKeyModule', version: '1' } as const

const MAX_ENTRIES = 255
const MAX_DEADLINE = 2n ** 36n - 1n
/** A bundler takes operations of at most 8,192 bytes; call data and evidence proper need some of them. */
const MAX_CARRIED_BYTES = 6_144

/** One grant of those that an owner signs together. */
export type GrantEntry = {
  readonly chainId: number
  readonly module: Address
  readonly account: Address
  /** The session key: an address, or `verifier · key` (ERC-7913). */
  readonly key: Hex
  readonly policy: Policy
  /** The account's epoch on that chain, from `getSessionKey`. */
  readonly epoch: bigint
  /** One more than the key's last on that chain: 1 for a key that was never granted. */
  readonly serial: bigint
}

/** A grant as the key's first operation carries it, or as anyone submits it. */
export type SignedGrant = GrantEntry & {
  /** Last second at which it may be used, seconds since 1970. */
  readonly deadline: bigint
  /** The bytes: `grant` of docs/WIRE-FORMAT.md. */
  readonly grant: Hex
}

/** What identifies the grant, or the grants to come, that a revocation ends. */
export type Revocation = {
  readonly chainId: number
  readonly module: Address
  readonly account: Address
  readonly keyId: Hex
  readonly epoch: bigint
  readonly serial: bigint
}

function toMessage({ chainId, module, account, key, policy, epoch, serial }: GrantEntry) {
  const { header, permissions } = encodePolicy(policy)
  return {
    chainId: BigInt(chainId),
    module,
    account,
    epoch: Number(epoch),
    serial: Number(serial),
    signer: encodeSigner(key),
    settings: encodePolicySettings(policy, epoch, serial),
    header,
    permissions,
  }
}

/**
 * Typed data of one or more grants, for `signTypedData` or `hashTypedData`.
 *
 * @param parameters.deadline last second at which a grant may be used, seconds since 1970
 * @throws InvalidSignedGrantError
 */
export function grantTypedData({ entries, deadline }: { entries: readonly GrantEntry[]; deadline: bigint }) {
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    throw new InvalidSignedGrantError(`One signature stands for 1 to ${MAX_ENTRIES} grants, not ${entries.length}.`)
  }
  if (deadline <= 0n || deadline > MAX_DEADLINE) {
    throw new InvalidSignedGrantError(`The deadline ${deadline} is no time in seconds since 1970.`)
  }
  return {
    domain: DOMAIN,
    types: GRANTS_TYPES,
    primaryType: 'SessionKeyGrants',
    message: { grants: entries.map(toMessage), deadline: Number(deadline) },
  } as const
}

/** Typed data of a revocation that anyone may relay. */
export function revocationTypedData({ epoch, serial, chainId, ...rest }: Revocation) {
  return {
    domain: DOMAIN,
    types: REVOCATION_TYPES,
    primaryType: 'SessionKeyRevocation',
    message: { ...rest, chainId: BigInt(chainId), epoch: Number(epoch), serial: Number(serial) },
  } as const
}

/** `grant` of docs/WIRE-FORMAT.md for the entry at `index`. */
export function encodeSignedGrant(parameters: {
  entries: readonly GrantEntry[]
  index: number
  deadline: bigint
  ownerSignature: Hex
}): Hex {
  const { entries, index, deadline, ownerSignature } = parameters
  const messages = entries.map(toMessage)
  const own = messages[index]
  if (!own) throw new InvalidSignedGrantError(`There is no grant ${index} among ${entries.length}.`)
  const others = messages
    .filter((_, other) => other !== index)
    .map((data) => hashStruct({ data, primaryType: 'SessionKeyGrant', types: GRANT_TYPES }))
  return concat([
    toHex(deadline, { size: 5 }),
    toHex(entries.length, { size: 1 }),
    toHex(index, { size: 1 }),
    ...others,
    toHex(own.settings, { size: 32 }),
    toHex(size(own.permissions), { size: 2 }),
    own.permissions,
    ownerSignature,
  ])
}

/** The entry of a signed grant is the one for this account, module, key and policy? */
export function isGrantFor(
  grant: SignedGrant,
  { account, module, key }: { account: Address; module: Address; key: Hex },
): boolean {
  const same = (a: Address, b: Address) => a.toLowerCase() === b.toLowerCase()
  return same(grant.account, account) && same(grant.module, module) && same(grant.key, key)
}

/** Whether an operation can carry the grant; a longer one is submitted by `submitSignedGrant`. */
export function isCarriable({ grant }: SignedGrant): boolean {
  return size(grant) <= MAX_CARRIED_BYTES
}

/** Evidence that carries a grant: `0x00 · grantLength (2) · grant · evidence`. */
export function carryGrant({ grant }: SignedGrant, evidence: Hex): Hex {
  return concat(['0x00', toHex(size(grant), { size: 2 }), grant, evidence])
}

/** The root of the policy that `grant` grants under `header`. @throws MalformedBytesError */
export function grantedPolicyRoot(grant: Hex, header: Header): Hex {
  // deadline 5 · entryCount 1 · entryIndex 1 · otherHash 32 (count − 1) · settings 32 · permissionsLength 2 · permissions
  const start = 7 + 32 * Number(slice(grant, 5, 6))
  const end = start + 2 + Number(slice(grant, start, start + 2))
  return encodePolicy({ header, permissions: decodePermissions(slice(grant, start + 2, end)) }).policyRoot
}

/** Inverse of {@link carryGrant}; evidence that carries none comes back as it is. */
export function splitCarried(evidence: Hex): { grant: Hex | undefined; evidence: Hex } {
  if (size(evidence) < 3 || slice(evidence, 0, 1) !== '0x00') return { grant: undefined, evidence }
  const end = 3 + Number(slice(evidence, 1, 3))
  if (end >= size(evidence)) throw new InvalidSignedGrantError('The evidence ends within the grant that it carries.')
  return { grant: end === 3 ? '0x' : slice(evidence, 3, end), evidence: slice(evidence, end) }
}
