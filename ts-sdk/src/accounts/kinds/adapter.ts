import type { Address, Client, Hex, LocalAccount, TypedDataDefinition } from 'viem'
import type { GrantSigner } from '../../actions/signedGrants.ts'
import type { AccountLanes } from '../lanes/kinds.ts'

/** What the account installs the module as; it asks for each by its own call. */
export type ModuleType = 'validator' | 'executor'

/** Module types of ERC-7579. */
export const MODULE_TYPE_IDS = { validator: 1n, executor: 2n } as const satisfies Record<ModuleType, bigint>

/** Of which account, and which module. */
export type ModuleOfAccount = { readonly account: Address; readonly module: Address; readonly type: ModuleType }

/**
 * What the accounts of one kind have of their own: ERC-7579 leaves to each how a nonce names its validator, what install
 * data looks like, and how a signature reaches the owner.
 */
export type AccountAdapter = AccountLanes & {
  /** Whether an account that answers this to `accountId()` is of this kind. */
  readonly isAccountId: (accountId: string) => boolean
  /**
   * What `installModule` takes so that the module gets `data`.
   *
   * @param hook which the account runs around the calls of the direct lane, where it keeps one for each executor
   * @throws HookNotTakenError
   */
  readonly installData: (type: ModuleType, data: Hex, hook?: Address) => Hex
  /**
   * Which hook the account runs around the operations that the module validates, where it keeps one for each validator;
   * `undefined`: none.
   */
  readonly hookOf?: (client: Client, of: Omit<ModuleOfAccount, 'type'>) => Promise<Address | undefined>
  /** What `uninstallModule` takes so that the module gets `data`. Some accounts have to be asked for their list first. */
  readonly uninstallData: (client: Client, of: ModuleOfAccount, data: Hex) => Promise<Hex>
  /**
   * What stands before the owner's signature when the account is asked by ERC-1271: the route to store for grants that the
   * owner signs off chain.
   *
   * @param ownerValidator the validator that knows the owner, where the account reaches its owner through one
   * @throws OwnerValidatorNeededError
   */
  readonly ownerRoute: (ownerValidator?: Address) => Hex
  /** What the owner signs in the place of a hash that the account is asked about, where the account hashes it once more. */
  readonly nestHash?: (hash: Hex, of: AccountIdentity) => TypedDataDefinition
  /** Signs grants for an account of this kind, as its owner. */
  readonly toGrantSigner: (owner: LocalAccount, of: AccountIdentity) => GrantSigner
}

/** By which an account tells what its owner signs from what the owner of another signs. */
export type AccountIdentity = { readonly account: Address; readonly chainId: number; readonly accountId: string }
