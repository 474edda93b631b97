import { type Address, type Hex, type LocalAccount, concat, hashMessage, hashTypedData } from 'viem'
import { getChainId } from 'viem/actions'
import { type EntryPointVersion, entryPointOf } from './entryPoint.ts'
import { findAccount } from './findAccount.ts'
import { signNestedMessage, signNestedTypedData } from './kinds/erc7739.ts'
import type { AccountAdapter } from './kinds/index.ts'
import { type OperationSigner, operationSignerOf } from './operationSigner.ts'
import { type OwnerAccount, type ReaderClient, STUB_OWNER_SIGNATURE, toOwnerAccount } from './ownerAccount.ts'

/**
 * An ERC-7579 account by its owner, where a validator knows the owner by an EOA's plain signature over the operation's
 * hash. It signs messages and typed data too, as the account answers for by ERC-1271 through that validator. For accounts that exist; their makers' own libraries make them, and serve as well here (permissionless has Kernel,
 * Nexus and the Safe).
 *
 * @throws AccountNotDeployedError, UnknownAccountError, WrongEntryPointError, UnknownEntryPointError
 */
export async function toModularAccount(parameters: {
  client: ReaderClient
  account: Address
  owner: LocalAccount | (LocalAccount & OperationSigner)
  /** The validator that knows the owner. */
  ownerValidator: Address
  /** The validator nests messages and typed data by ERC-7739, as Biconomy's K1 validator does. Default false. */
  nests?: boolean
  /** Default: what the account says that it is. */
  adapter?: AccountAdapter
  /** For accounts that do not tell which one they obey. Default for these: v0.7. */
  entryPoint?: EntryPointVersion
}): Promise<OwnerAccount> {
  const { client, account, owner, ownerValidator, nests = false } = parameters
  const { adapter, entryPoint, accountId } = await findAccount(client, {
    account,
    adapter: parameters.adapter,
    entryPoint: parameters.entryPoint && entryPointOf(parameters.entryPoint),
  })
  const chainId = client.chain?.id ?? (await getChainId(client))
  /** What ERC-1271 is asked with: the way to the owner, and the signature that is looked for there. */
  const answerFor = async (hash: Hex, sign: () => Promise<Hex>): Promise<Hex> => {
    const nested = adapter.nestHash?.(hash, { account, chainId, accountId })
    return concat([adapter.ownerRoute(ownerValidator), await (nested ? owner.signTypedData(nested) : sign())])
  }
  return toOwnerAccount({
    client,
    address: account,
    entryPoint,
    nonceKey: adapter.ownerNonceKey(ownerValidator),
    factoryArgs: {},
    stubSignature: STUB_OWNER_SIGNATURE,
    signOperation: operationSignerOf(owner),
    signMessage: (it) =>
      answerFor(hashMessage(it.message), () => (nests ? signNestedMessage(owner, { client, account }, it.message) : owner.signMessage(it))),
    signTypedData: (it) =>
      answerFor(hashTypedData(it as Parameters<typeof hashTypedData>[0]), () =>
        nests ? signNestedTypedData(owner, { client, account }, it as Parameters<typeof signNestedTypedData>[2]) : owner.signTypedData(it),
      ),
  })
}
