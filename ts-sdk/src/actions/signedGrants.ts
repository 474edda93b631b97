import {
  type Address,
  type Client,
  type Hex,
  type LocalAccount,
  encodeAbiParameters,
  encodeFunctionData,
  hashTypedData,
  keccak256,
  zeroAddress,
} from 'viem'
import { getChainId, readContract } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { hashSignerOf } from '../accounts/operationSigner.ts'
import { ClientUnfitError } from '../errors/actions.ts'
import { SignatureBoundToChainError } from '../errors/signedGrant.ts'
import {
  type GrantEntry,
  type Revocation,
  type SignedGrant,
  encodeSignedGrant,
  grantTypedData,
  revocationTypedData,
} from '../operation/signedGrant.ts'
import { checkGrant } from '../policy/checkGrant.ts'
import { encodeHeader } from '../policy/header.ts'
import { type SignerLike, encodeSigner, keyIdOf, signerBytes } from '../policy/signer.ts'
import { readKeyState } from './readKeyState.ts'
import { requireGrantSupport } from './requireGrantSupport.ts'
import { type SenderClient, type SentCall, readerOf, sendCall } from './sendCall.ts'

type OwnerTypedData = ReturnType<typeof grantTypedData> | ReturnType<typeof revocationTypedData>

/** Who signs for an account off chain; its signature is what the account itself knows behind the route it stored. */
export type GrantSigner = {
  readonly signTypedData: (typedData: OwnerTypedData) => Promise<Hex>
  /**
   * The account nests what its owner signs by ERC-7739, as many accounts do, and the signer does so for it: then a signature
   * stands for one grant only.
   */
  readonly bindsToChain?: boolean
}

/** The owner of a delegated account: the EOA itself. */
export function toEoaGrantSigner(owner: LocalAccount): GrantSigner {
  return { signTypedData: (typedData) => owner.signTypedData(typedData as Parameters<LocalAccount['signTypedData']>[0]) }
}

/** An owner of an account with a set of them: its ERC-7913 bytes, and how it signs a hash. */
export type SetOwner = { readonly signer: Hex; readonly signHash: (hash: Hex) => Promise<Hex> }

/** An EOA among the owners of an account. */
export function toSetOwner(owner: LocalAccount): SetOwner {
  return { signer: owner.address, signHash: hashSignerOf(owner) }
}

/** As many owners of an `OwnedAccount` as its threshold asks for. It answers the module over the plain hash. */
export function toOwnersGrantSigner(owners: readonly SetOwner[]): GrantSigner {
  // The account reads signers in ascending order of their hashes, so that none counts twice.
  const signers = [...owners].sort((a, b) => (BigInt(keccak256(a.signer)) < BigInt(keccak256(b.signer)) ? -1 : 1))
  return {
    async signTypedData(typedData) {
      const hash = hashTypedData(typedData as Parameters<typeof hashTypedData>[0])
      const signatures = await Promise.all(signers.map(({ signHash }) => signHash(hash)))
      return encodeAbiParameters(
        [{ type: 'bytes[]' }, { type: 'bytes[]' }],
        [signers.map(({ signer }) => signer), signatures],
      )
    },
  }
}

/**
 * What a key's next grant has to name, as the chain says now.
 *
 * @param parameters.policy as `definePolicy` gave it
 * @throws VerifierNotDeployedError, PrecompileMissingError
 */
export async function prepareGrantEntry(
  client: Client,
  parameters: { module: Address; account: Address; key: SignerLike; policy: GrantEntry['policy'] },
): Promise<GrantEntry> {
  const { module, account, key, policy } = parameters
  const [chainId, { control, settings }] = await Promise.all([
    getChainId(client),
    readKeyState(client, { module, account, key }),
    requireGrantSupport(client, key, policy),
  ])
  return { module, account, key: signerBytes(key), policy, chainId, epoch: control.epoch, serial: settings.serial + 1n }
}

/**
 * The owner signs one or more grants, without a transaction. Each is good for one use, on its chain, for its account, module,
 * key, epoch and serial; a revoke of the key or of all keys burns it.
 *
 * @param parameters.deadline last second of the last window of an operation that may carry it, seconds since 1970
 * @param parameters.now the time to check the policies by, seconds since 1970. Default: this machine's
 * @returns in the order of `entries`
 * @throws InvalidSignedGrantError, SignatureBoundToChainError, UnsafePolicyError
 */
export async function signGrant(parameters: {
  owner: GrantSigner
  entries: readonly GrantEntry[]
  deadline: bigint
  now?: bigint
}): Promise<readonly SignedGrant[]> {
  const { owner, entries, deadline, now = BigInt(Math.floor(Date.now() / 1000)) } = parameters
  const typedData = grantTypedData({ entries, deadline })
  if (owner.bindsToChain && entries.length > 1) throw new SignatureBoundToChainError(entries.length)
  for (const { policy, account, module, key } of entries) checkGrant(policy, { account, module, key, now })
  const ownerSignature = await owner.signTypedData(typedData)
  return entries.map((entry, index) => ({
    ...entry,
    deadline,
    grant: encodeSignedGrant({ entries, index, deadline, ownerSignature }),
  }))
}

/**
 * Brings a signed grant on chain by a call of its own. Whoever sends it decides nothing.
 *
 * @throws CallRevertedError, SessionKeyRefusedError
 */
export async function submitSignedGrant(client: SenderClient, signed: SignedGrant): Promise<SentCall> {
  const { module, account, key, policy, grant } = signed
  await requireChain(client, signed.chainId)
  const data = encodeFunctionData({
    abi: sessionKeyModuleAbi,
    functionName: 'grantSigned',
    args: [account, encodeSigner(key), encodeHeader(policy.header), grant],
  })
  return sendCall(client, { to: module, value: 0n, data })
}

/** A revocation with the owner's signature. */
export type SignedRevocation = Revocation & { readonly ownerSignature: Hex }

/** What ends a key's live grant, or burns the next one where none lives, as the chain says now. */
export async function prepareRevocation(
  client: Client,
  { module, account, key }: { module: Address; account: Address; key: SignerLike },
): Promise<Revocation> {
  const [chainId, { control, settings }] = await Promise.all([
    getChainId(client),
    readKeyState(client, { module, account, key }),
  ])
  const serial = settings.active ? settings.serial : settings.serial + 1n
  return { chainId, module, account, keyId: keyIdOf(key), epoch: control.epoch, serial }
}

/** The owner signs a revocation that anyone may relay. Also for the serial to come: then it burns what was signed for it. */
export async function signRevoke({
  owner,
  revocation,
}: {
  owner: GrantSigner
  revocation: Revocation
}): Promise<SignedRevocation> {
  return { ...revocation, ownerSignature: await owner.signTypedData(revocationTypedData(revocation)) }
}

/**
 * Brings a signed revocation on chain. Whoever sends it decides nothing.
 *
 * @throws CallRevertedError, SessionKeyRefusedError
 */
export async function relayRevoke(client: SenderClient, signed: SignedRevocation): Promise<SentCall> {
  const { chainId, module, account, keyId, epoch, serial, ownerSignature } = signed
  await requireChain(client, chainId)
  const data = encodeFunctionData({
    abi: sessionKeyModuleAbi,
    functionName: 'revokeSigned',
    args: [account, keyId, epoch, serial, ownerSignature],
  })
  return sendCall(client, { to: module, value: 0n, data })
}

/** The route of both reference accounts: 20 zero bytes, by which the module asks the owners themselves. */
export const OWNER_ROUTE: Hex = zeroAddress

/** The route that an account stored for its owner's signatures; `undefined`: none yet. */
export async function getOwnerRoute(
  client: Client,
  { module, account }: { module: Address; account: Address },
): Promise<Hex | undefined> {
  const [isSet, route] = await readContract(client, {
    abi: sessionKeyModuleAbi,
    address: module,
    functionName: 'ownerRoute',
    args: [account],
  })
  return isSet ? route : undefined
}

/**
 * Says how the account is asked for its owner's signature: what stands before it, {@link OWNER_ROUTE} for both
 * reference accounts.
 */
export function setOwnerRoute(
  client: SenderClient,
  { module, route }: { module: Address; route: Hex },
): Promise<SentCall> {
  const data = encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'setOwnerRoute', args: [route] })
  return sendCall(client, { to: module, value: 0n, data })
}

async function requireChain(client: SenderClient, chainId: number): Promise<void> {
  const actual = await getChainId(readerOf(client))
  if (actual !== chainId) throw new ClientUnfitError(`The client is on chain ${actual}; this was signed for ${chainId}.`)
}
