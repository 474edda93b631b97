import { type Address, isAddressEqual, slice, zeroAddress } from 'viem'
import { UnsafePolicyError } from '../errors/policy.ts'
import type { Policy } from './definePolicy.ts'
import { whyForbidden } from './forbiddenTargets.ts'
import { type SignerLike, encodeSigner, isSameSigner, signerBytes } from './signer.ts'

/** For whom, by what and when a policy is to hold. */
export type GrantContext = {
  account: Address
  module: Address
  /** The session key: an address, or `verifier · key` (ERC-7913). */
  key: SignerLike
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
  // The address of an EOA, or of the verifier.
  const isTaken = (signer: SignerLike): boolean => {
    const at = slice(encodeSigner(signer), 1, 21)
    return [zeroAddress, account, module].some((address) => isAddressEqual(address, at))
  }
  if (isTaken(key)) {
    throw new UnsafePolicyError('SignerForbidden', 'key', signerBytes(key), 'an address other than zero, the account and the module')
  }
  const coSigner = policy.header.coSigner?.signer
  if (coSigner && (isTaken(coSigner) || isSameSigner(coSigner, key))) {
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
