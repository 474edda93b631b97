import type { Address, LocalAccount } from 'viem'
import type { EntryPointVersion } from './entryPoint.ts'
import { findAccount } from './findAccount.ts'
import type { AccountAdapter } from './kinds/index.ts'
import { type OperationSigner, operationSignerOf } from './operationSigner.ts'
import { type OwnerAccount, type ReaderClient, STUB_OWNER_SIGNATURE, toOwnerAccount } from './ownerAccount.ts'

/**
 * An ERC-7579 account by its owner, where a validator knows the owner by an EOA's plain signature over the operation's
 * hash. For accounts that exist; their makers' own libraries make them, and serve as well here (permissionless has Kernel,
 * Nexus and the Safe).
 *
 * @throws AccountNotDeployedError, UnknownAccountError, WrongEntryPointError
 */
export async function toModularAccount(parameters: {
  client: ReaderClient
  account: Address
  owner: LocalAccount | (LocalAccount & OperationSigner)
  /** The validator that knows the owner. */
  ownerValidator: Address
  /** Default: what the account says that it is. */
  adapter?: AccountAdapter
  /** For accounts that do not tell which one they obey. */
  entryPoint?: EntryPointVersion
}): Promise<OwnerAccount> {
  const { client, account, owner, ownerValidator } = parameters
  const { adapter, entryPoint } = await findAccount(client, { account, adapter: parameters.adapter })
  return toOwnerAccount({
    client,
    address: account,
    entryPoint: entryPoint ?? parameters.entryPoint,
    nonceKey: adapter.nonceKey(ownerValidator),
    factoryArgs: {},
    stubSignature: STUB_OWNER_SIGNATURE,
    signOperation: operationSignerOf(owner),
    signMessage: (it) => owner.signMessage(it),
    signTypedData: (it) => owner.signTypedData(it),
  })
}
