import { type Address, isAddressEqual, zeroAddress } from 'viem'
import { UnsafePolicyError } from '../errors/policy.ts'
import type { Policy } from './definePolicy.ts'
import { whyForbidden } from './forbiddenTargets.ts'

/** For whom, by what and when a policy is to hold. */
export type GrantContext = {
  account: Address
  module: Address
  /** Address of the session key. */
  key: Address
  /** Seconds since 1970, by the chain's clock. */
  now: bigint
}

/**
 * Holds a policy against the account, the module, the key and the time: the rules of a grant that a policy alone cannot
 * break.
 *
 * @throws UnsafePolicyError
 */
export function checkGrant(policy: Policy, { account, module, key, now }: GrantContext): void {
  if ([zeroAddress, account, module].some((address) => isAddressEqual(address, key))) {
    throw new UnsafePolicyError('SignerForbidden', 'key', key, 'an address other than zero, the account and the module')
  }
  const coSigner = policy.header.coSigner?.signer
  if (coSigner && [zeroAddress, account, module, key].some((address) => isAddressEqual(address, coSigner))) {
    throw new UnsafePolicyError(
      'CosignerInvalid',
      'coSigner.signer',
      coSigner,
      'an address other than zero, the account, the module and the key',
    )
  }
  if (policy.validUntil <= now) {
    throw new UnsafePolicyError(
      'ExpiryInvalid',
      'validUntil',
      policy.validUntil,
      `a time after the chain's (${now})`,
      'The policy has expired already.',
    )
  }
  for (const [index, { kind, target }] of policy.permissions.list.entries()) {
    const reason = kind === 'anyTarget' ? undefined : whyForbidden(target, { account, module })
    if (reason !== undefined) {
      throw new UnsafePolicyError(
        'PermissionTargetForbidden',
        `permissions[${index}].target`,
        target,
        'a target that a policy can allow',
        `No session key may call it: ${reason}.`,
      )
    }
  }
}
