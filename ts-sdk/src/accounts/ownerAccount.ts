import type {
  Address,
  Chain,
  Client,
  Hex,
  JsonRpcAccount,
  LocalAccount,
  SignableMessage,
  Transport,
  TypedData,
  TypedDataDefinition,
} from 'viem'
import {
  type SmartAccount,
  type SmartAccountImplementation,
  type UserOperation,
  getUserOperationHash,
  toSmartAccount,
} from 'viem/account-abstraction'
import { getChainId, readContract } from 'viem/actions'
import { decodeExecutions, encodeExecutions } from '../operation/executions.ts'
import { type EntryPoint, type EntryPointVersion, entryPointOf } from './entryPoint.ts'
import type { WholeOperation } from './operationSigner.ts'

/** Reads the chain for an account. */
export type ReaderClient = Client<Transport, Chain | undefined, JsonRpcAccount | LocalAccount | undefined>

/** An account by its owner's signature, for viem's bundler clients and permissionless' smart account clients. */
export type OwnerAccount = SmartAccount<SmartAccountImplementation<EntryPoint['abi'], EntryPointVersion, object, false>>

type OwnerLane = {
  client: ReaderClient
  address: Address
  entryPoint: EntryPointVersion | EntryPoint | undefined
  /** Under which the owner is asked. Default 0. */
  nonceKey?: bigint
  factoryArgs: { factory?: Address; factoryData?: Hex }
  stubSignature: Hex
  signOperation: (hash: Hex, operation: WholeOperation) => Promise<Hex>
  signMessage: (parameters: { message: SignableMessage }) => Promise<Hex>
  signTypedData: (definition: TypedDataDefinition<TypedData | Record<string, unknown>>) => Promise<Hex>
}

/** What accounts share in the owner's lane: a nonce key, and a signature over the operation's hash. */
export async function toOwnerAccount(lane: OwnerLane): Promise<OwnerAccount> {
  const { client, address, factoryArgs, stubSignature, signOperation } = lane
  const entryPoint = typeof lane.entryPoint === 'object' ? lane.entryPoint : entryPointOf(lane.entryPoint ?? '0.7')
  const account = await toSmartAccount({
    client,
    entryPoint: entryPoint as { abi: EntryPoint['abi']; address: Address; version: EntryPointVersion },
    getAddress: async () => address,
    getFactoryArgs: async () => factoryArgs,
    encodeCalls: async (calls) => encodeExecutions(calls),
    decodeCalls: async (data) => decodeExecutions(data),
    getStubSignature: async () => stubSignature,
    async signUserOperation({ chainId: givenChainId, ...operation }) {
      const chainId = givenChainId ?? client.chain?.id ?? (await getChainId(client))
      const whole = {
        chainId,
        entryPoint: entryPoint.address,
        entryPointVersion: entryPoint.version,
        userOperation: { ...operation, sender: address, signature: '0x' } as UserOperation,
      }
      const hash = getUserOperationHash({
        chainId,
        entryPointAddress: entryPoint.address,
        entryPointVersion: entryPoint.version,
        userOperation: whole.userOperation,
      })
      return signOperation(hash, whole)
    },
    signMessage: lane.signMessage,
    signTypedData: (definition) =>
      lane.signTypedData(definition as unknown as TypedDataDefinition<TypedData | Record<string, unknown>>),
  } satisfies SmartAccountImplementation<EntryPoint['abi'], EntryPointVersion, object, false>)
  return Object.assign(account, {
    getNonce: (options?: { key?: bigint | undefined }): Promise<bigint> =>
      readContract(client, {
        abi: entryPoint.abi,
        address: entryPoint.address,
        functionName: 'getNonce',
        args: [address, options?.key ?? lane.nonceKey ?? 0n],
      }) as Promise<bigint>,
  }) as unknown as OwnerAccount
}

/** 65 bytes that recover to nobody in particular. */
export const STUB_OWNER_SIGNATURE: Hex =
  '0xfffffffffffffffffffffffffffffff0000000000000000000000000000000007aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1c'
