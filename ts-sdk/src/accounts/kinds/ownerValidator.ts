import { type Address, type LocalAccount, isAddressEqual, zeroAddress } from 'viem'
import { type GrantSigner, toEoaGrantSigner } from '../../actions/signedGrants.ts'
import { OwnerValidatorNeededError } from '../../errors/accounts.ts'
import type { AccountKind } from './adapter.ts'

/** The route of accounts that pass an ERC-1271 question on to the validator whose address the signature begins with. */
export function routeThrough(kind: AccountKind, ownerValidator: Address | undefined): Address {
  if (!ownerValidator || isAddressEqual(ownerValidator, zeroAddress)) throw new OwnerValidatorNeededError(kind)
  return ownerValidator
}

/** For validators that recover their owner from the hash as it is. */
export function signPlainly(owner: LocalAccount): GrantSigner {
  return toEoaGrantSigner(owner)
}
