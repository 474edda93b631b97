import type { LocalAccount } from 'viem'
import type { EntryPoint, EntryPointVersion } from './entryPoint.ts'
import {
  type OwnerAccount,
  type ReaderClient,
  STUB_OWNER_SIGNATURE,
  toOwnerAccount,
} from './ownerAccount.ts'
import { operationSignerOf } from './operationSigner.ts'

/**
 * The reference account for EIP-7702, by its owner: the EOA itself, which must have delegated to `DelegatedAccount`
 * already. The owner needs no bundler: a wallet client of the EOA does for every action too.
 */
export function toDelegatedAccount(parameters: {
  client: ReaderClient
  owner: LocalAccount
  /** Default: v0.7 at its canonical address. */
  entryPoint?: EntryPointVersion | EntryPoint
}): Promise<OwnerAccount> {
  const { client, owner, entryPoint } = parameters
  return toOwnerAccount({
    client,
    address: owner.address,
    entryPoint,
    factoryArgs: {},
    stubSignature: STUB_OWNER_SIGNATURE,
    signOperation: operationSignerOf(owner),
    signMessage: (it) => owner.signMessage(it),
    signTypedData: (it) => owner.signTypedData(it),
  })
}
