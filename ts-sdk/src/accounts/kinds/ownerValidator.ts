import { type Address, type Hex, type LocalAccount, isAddressEqual, zeroAddress } from 'viem'
import { type GrantSigner, toEoaGrantSigner } from '../../actions/signedGrants.ts'
import { HookNotTakenError, OwnerValidatorNeededError } from '../../errors/accounts.ts'
import type { AccountKind } from '../lanes/kinds.ts'
import type { ModuleType } from './adapter.ts'

/** The route of accounts that pass an ERC-1271 question on to the validator whose address the signature begins with. */
export function routeThrough(kind: AccountKind, ownerValidator: Address | undefined): Address {
  if (!ownerValidator || isAddressEqual(ownerValidator, zeroAddress)) throw new OwnerValidatorNeededError(kind)
  return ownerValidator
}

/** Install data of accounts that hand it to the module as it is, and know no hook for one module only. */
export function plainInstallData(kind: AccountKind): (type: ModuleType, data: Hex, hook?: Address) => Hex {
  return (type, data, hook) => {
    if (hook) throw new HookNotTakenError(kind, type)
    return data
  }
}

/** For validators that recover their owner from the hash as it is. */
export function signPlainly(owner: LocalAccount): GrantSigner {
  return toEoaGrantSigner(owner)
}
