import { type Address, type Hex, type LocalAccount, concat, hashMessage, hashTypedData, keccak256, pad, stringToHex, zeroAddress } from 'viem'
import { getChainId, getStorageAt } from 'viem/actions'
import { ClientUnfitError } from '../errors/actions.ts'
import { entryPointOf } from './entryPoint.ts'
import { findAccount } from './findAccount.ts'
import { safe7579, signSafeMessage } from './kinds/safe7579.ts'
import { encodeSafeSignature, safeOperationTypedData } from './lanes/safeOperation.ts'
import type { OperationSigner, WholeOperation } from './operationSigner.ts'
import { type OwnerAccount, type ReaderClient, STUB_OWNER_SIGNATURE, toOwnerAccount } from './ownerAccount.ts'

/** Where a Safe keeps its fallback handler. */
const FALLBACK_HANDLER_SLOT = keccak256(stringToHex('fallback_manager.handler.address'))

/** The Safe7579 adapter of a Safe: its fallback handler. @throws ClientUnfitError where there is none */
export async function getSafeAdapter(client: ReaderClient, safe: Address): Promise<Address> {
  const word = (await getStorageAt(client, { address: safe, slot: FALLBACK_HANDLER_SLOT })) ?? '0x'
  if (BigInt(word === '0x' ? 0 : word) === 0n) throw new ClientUnfitError(`The Safe ${safe} has no fallback handler, and so no Safe7579 adapter.`)
  return `0x${pad(word, { size: 32 }).slice(-40)}`
}

/**
 * A Safe with the Safe7579 adapter by its own owners: as many as its threshold asks for. Each signs the whole operation as
 * the adapter's typed data. It signs messages and typed data too, as the Safe answers for by ERC-1271.
 *
 * @throws AccountNotDeployedError, UnknownAccountError, WrongEntryPointError, ClientUnfitError
 */
export async function toSafeAccount(parameters: {
  client: ReaderClient
  account: Address
  owners: readonly (LocalAccount | (LocalAccount & OperationSigner))[]
  /** The Safe7579 adapter. Default: the Safe's fallback handler. */
  adapter?: Address
}): Promise<OwnerAccount> {
  const { client, account, owners } = parameters
  const entryPoint = entryPointOf('0.7')
  const found = await findAccount(client, { account, entryPoint })
  if (found.adapter !== safe7579) throw new ClientUnfitError(`The account ${account} is no Safe with the Safe7579 adapter, but of kind "${found.adapter.kind}".`)
  const chainId = client.chain?.id ?? (await getChainId(client))
  const adapter = parameters.adapter ?? (await getSafeAdapter(client, account))
  const answerFor = async (hash: Hex): Promise<Hex> => concat([zeroAddress, await signSafeMessage(owners, hash, { account, chainId })])
  const join = (signatures: readonly Hex[]): Hex =>
    encodeSafeSignature(owners.map(({ address: owner }, index) => ({ owner, signature: signatures[index] ?? '0x' })))
  return toOwnerAccount({
    client,
    address: account,
    entryPoint,
    factoryArgs: {},
    stubSignature: join(owners.map(() => STUB_OWNER_SIGNATURE)),
    signOperation: async (_, operation) => join(await Promise.all(owners.map((owner) => signAs(owner, adapter, operation)))),
    signMessage: (it) => answerFor(hashMessage(it.message)),
    signTypedData: (it) => answerFor(hashTypedData(it as Parameters<typeof hashTypedData>[0])),
  })
}

function signAs(owner: LocalAccount | (LocalAccount & OperationSigner), adapter: Address, operation: WholeOperation): Promise<Hex> {
  const typedData = safeOperationTypedData(operation.userOperation, { ...operation, adapter })
  if ('signUserOperation' in owner) return owner.signUserOperation({ ...operation, signedHash: hashTypedData(typedData) })
  return owner.signTypedData(typedData)
}
