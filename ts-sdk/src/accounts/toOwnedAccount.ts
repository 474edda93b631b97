import {
  type Address,
  type Hex,
  type LocalAccount,
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  toHex,
  zeroAddress,
} from 'viem'
import { readContract } from 'viem/actions'
import { ownedAccountFactoryAbi } from '../abis/generated/ownedAccountFactory.ts'
import { ClientUnfitError } from '../errors/actions.ts'
import type { EntryPoint, EntryPointVersion } from './entryPoint.ts'
import {
  type OwnerAccount,
  type ReaderClient,
  STUB_OWNER_SIGNATURE,
  toOwnerAccount,
} from './ownerAccount.ts'
import { type WholeOperation, operationSignerOf } from './operationSigner.ts'
import type { KeySigner } from '../signers/keySigner.ts'
import { requireBundlerLane } from '../signers/support.ts'

/**
 * The reference account that a factory makes, by its owners: `owners` is the account's whole owner set. Those given as
 * accounts or keys sign, as many as the threshold needs; those given as ERC-7913 signers (an address, or
 * `verifier · key`), such as a recovery signer, do not. The first operation creates the account, with the session key
 * module installed.
 *
 * @throws ClientUnfitError, ContractSignerInBundlerLaneError
 */
export async function toOwnedAccount(parameters: {
  client: ReaderClient
  factory: Address
  owners: readonly (LocalAccount | KeySigner | Hex)[]
  /** How many owners have to sign. Default: all. */
  threshold?: number
  /** Who else may pause and revoke session keys. */
  guardian?: Address
  /** Tells apart accounts that are otherwise the same. Default 0. */
  salt?: bigint
  /** Default: v0.7 at its canonical address. */
  entryPoint?: EntryPointVersion | EntryPoint
}): Promise<OwnerAccount> {
  const {
    client,
    factory,
    owners,
    threshold = owners.length,
    guardian = zeroAddress,
    salt = 0n,
    entryPoint,
  } = parameters
  const args = [owners.map(signerOf), BigInt(threshold), guardian, toHex(salt, { size: 32 })] as const
  const address = await readContract(client, {
    abi: ownedAccountFactoryAbi,
    address: factory,
    functionName: 'getAddress',
    args,
  })
  const able = owners.filter((owner) => typeof owner === 'object')
  if (able.length < threshold) throw new ClientUnfitError(`${threshold} owners have to sign, and ${able.length} of them can.`)
  // The account reads signers in ascending order of their hashes, so that none counts twice.
  const signers = able
    .sort((a, b) => (BigInt(keccak256(signerOf(a))) < BigInt(keccak256(signerOf(b))) ? -1 : 1))
    .slice(0, threshold)
  for (const owner of signers) if ('signer' in owner) requireBundlerLane(owner)
  const join = (signatures: readonly Hex[]): Hex =>
    encodeAbiParameters([{ type: 'bytes[]' }, { type: 'bytes[]' }], [signers.map(signerOf), signatures])
  return toOwnerAccount({
    client,
    address,
    entryPoint,
    factoryArgs: {
      factory,
      factoryData: encodeFunctionData({ abi: ownedAccountFactoryAbi, functionName: 'createAccount', args }),
    },
    stubSignature: join(signers.map((it) => ('signer' in it ? it.stubSignature : STUB_OWNER_SIGNATURE))),
    signOperation: async (hash, operation) =>
      join(await Promise.all(signers.map((owner) => signAs(owner, hash, operation)))),
    signMessage: async () => notYet('message'),
    signTypedData: async () => notYet('typed data'),
  })
}

function signerOf(owner: LocalAccount | KeySigner | Hex): Hex {
  if (typeof owner !== 'object') return owner
  return 'signer' in owner ? owner.signer : owner.address
}

function signAs(owner: LocalAccount | KeySigner, hash: Hex, operation: WholeOperation): Promise<Hex> {
  return 'signer' in owner ? owner.sign({ hash }) : operationSignerOf(owner)(hash, operation)
}

/** The account answers ERC-1271 by ERC-7739's nested typed data, which this adapter does not build. */
function notYet(what: string): never {
  throw new ClientUnfitError(`This account adapter signs operations, but no ${what}.`)
}
