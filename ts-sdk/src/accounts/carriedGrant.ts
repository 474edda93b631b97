import { type Address, type Hex, size, zeroHash } from 'viem'
import type { KeyState } from '../actions/readKeyState.ts'
import { InvalidSignedGrantError, SignedGrantTooLargeError } from '../errors/signedGrant.ts'
import { type SignedGrant, isCarriable, isGrantFor } from '../operation/signedGrant.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'

/** A carried grant is the one for this account, and fits. */
export function requireCarriable(
  grant: SignedGrant,
  expected: { account: Address; module: Address; key: Hex; policyRoot: Hex },
): void {
  if (!isGrantFor(grant, expected) || encodePolicy(grant.policy).policyRoot !== expected.policyRoot) {
    throw new InvalidSignedGrantError('The carried grant is for another account, module, key or policy.')
  }
  if (!isCarriable(grant)) throw new SignedGrantTooLargeError(size(grant.grant))
}

/** The grant could be the key's next one; what it is too late for, the module says. */
export function isPending({ control, settings }: KeyState, grant: SignedGrant): boolean {
  return control.epoch === grant.epoch && settings.serial + 1n === grant.serial
}

/** The key's words as the module reads them once it has taken the grant: the operation's window ends by the deadline. */
export function asIfGranted(state: KeyState, grant: SignedGrant): KeyState {
  const { validAfter, nativeLimit, rateLimit, maxUses, cooldown, directLane } = grant.policy
  const validUntil = grant.policy.validUntil < grant.deadline ? grant.policy.validUntil : grant.deadline
  const { epoch, serial } = grant
  return {
    ...state,
    policyRoot: zeroHash,
    settings: { validAfter, validUntil, epoch, serial, nativeLimit, rateLimit, maxUses, cooldown, directLane, active: true, paused: false },
  }
}
