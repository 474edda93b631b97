import { type Hex, keccak256 } from 'viem'
import type { Policy } from './definePolicy.ts'
import { decodeHeader, encodeHeader } from './header.ts'
import { buildPermissionTree, hashPolicyRoot } from './permissionTree.ts'
import { decodePermissions, encodePermissions, hashPermission } from './permissions.ts'
import { type KeySettings, decodeSettings, encodeSettings } from './settingsWord.ts'

/** A policy in bytes and hashes. Format: docs/WIRE-FORMAT.md. */
export type EncodedPolicy = {
  readonly header: Hex
  readonly permissions: Hex
  readonly permissionsRoot: Hex
  /** What the contract stores. */
  readonly policyRoot: Hex
  /** For each permission, in the policy's order, the siblings from its leaf upwards. */
  readonly proofs: readonly (readonly Hex[])[]
}

/** Encodes header and permissions, and hashes them. Pure; a thousand permissions take some milliseconds. */
export function encodePolicy(policy: Pick<Policy, 'header' | 'permissions'>): EncodedPolicy {
  const header = encodeHeader(policy.header)
  const { list, hotCount } = policy.permissions
  const tree = buildPermissionTree(list.map(hashPermission), hotCount)
  return {
    header,
    permissions: encodePermissions(policy.permissions),
    permissionsRoot: tree.root,
    policyRoot: hashPolicyRoot(keccak256(header), tree.root),
    proofs: tree.proofs,
  }
}

/** The settings word of a grant or an update. */
export function encodePolicySettings(policy: Policy, epoch: bigint, serial: bigint): bigint {
  return encodeSettings({ ...settingsOf(policy), epoch, serial, active: true, paused: false })
}

function settingsOf(
  policy: Policy,
): Pick<
  KeySettings,
  'validAfter' | 'validUntil' | 'nativeLimit' | 'rateLimit' | 'maxUses' | 'cooldown' | 'directLane' | 'measured'
> {
  const { validAfter, validUntil, nativeLimit, rateLimit, maxUses, cooldown, directLane, measured } = policy
  return { validAfter, validUntil, nativeLimit, rateLimit, maxUses, cooldown, directLane, measured }
}

/**
 * The policy that an event `KeyGranted` or `KeyUpdated` carries. Inverse of {@link encodePolicy} and
 * {@link encodePolicySettings}.
 *
 * @throws MalformedBytesError
 */
export function decodePolicy(encoded: { settings: bigint; header: Hex; permissions: Hex }): Policy {
  const settings = decodeSettings(encoded.settings)
  const { validAfter, validUntil, nativeLimit, rateLimit, maxUses, cooldown, directLane, measured } = settings
  return {
    validAfter,
    validUntil,
    nativeLimit,
    rateLimit,
    maxUses,
    cooldown,
    directLane,
    ...(measured && { measured }),
    header: decodeHeader(encoded.header),
    permissions: decodePermissions(encoded.permissions),
  }
}
