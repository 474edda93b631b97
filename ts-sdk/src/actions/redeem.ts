import {
  type Account,
  type Address,
  type Client,
  type Hex,
  type LocalAccount,
  type WalletClient,
  keccak256,
} from 'viem'
import { estimateGas, getChainId, readContract, signTypedData } from 'viem/actions'
import { getAction } from 'viem/utils'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import type { WordSet } from '../conditions/sets.ts'
import { completeCosignedRedemption, requireCosignature } from '../cosigning/complete.ts'
import { type CosignRequest, REQUEST_VERSION, type RedemptionCosignRequest } from '../cosigning/request.ts'
import { ClientUnfitError, PolicyMismatchError } from '../errors/actions.ts'
import { CosignatureNeededError } from '../errors/cosigning.ts'
import { toRefusal } from '../errors/refused.ts'
import { buildEvidence } from '../operation/evidence.ts'
import { type Call, type CallRequest, encodeCallList, toCall } from '../operation/executions.ts'
import {
  type Redemption,
  type SignedRedemption,
  encodeRedeem,
  encodeRedemptionContext,
  sessionRedemptionTypedData,
} from '../operation/redemption.ts'
import { requireArguments } from '../operation/requireArguments.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'
import type { Header } from '../policy/header.ts'
import { type SignerLike, signerBytes } from '../policy/signer.ts'
import type { KeySigner } from '../signers/keySigner.ts'
import { toSessionSigner } from '../signers/sessionSigner.ts'
import { type OperationPreview, describePreview } from './previewPacked.ts'
import { type KeyState, readKeyState } from './readKeyState.ts'
import { type SenderClient, type SentCall, readerOf, sendCall, senderOf } from './sendCall.ts'

/** Calls of `account` under the policy that it has granted a key. */
export type RedemptionRequest = {
  readonly module: Address
  readonly account: Address
  readonly policy: Policy
  readonly calls: readonly CallRequest[]
  /** Lists of the sets that the policy names by their roots. Default: those that came with the policy. */
  readonly sets?: readonly WordSet[] | undefined
  /** First second in which it may run, seconds since 1970. Default: at once. */
  readonly validAfter?: bigint
  /** Last second in which it may run. Default: 5 minutes after the chain's time. */
  readonly validUntil?: bigint
}

/** How what passes a threshold gets its second signature. */
export type RedemptionCosigning = {
  /**
   * Asks the policy's co-signer where the calls pass a threshold, and returns the co-signature. Without it, such a
   * redemption is not made: `CosignatureNeededError` holds the request.
   */
  readonly cosign?: ((request: CosignRequest) => Promise<Hex>) | undefined
}

const DEFAULT_LENGTH = 300n

type Arranged = Omit<SignedRedemption, 'context' | 'nonce'> & { readonly evidence: Hex }

function arrange(request: RedemptionRequest, key: SignerLike, now: bigint): Arranged {
  const { module, account, policy, calls, validAfter = 0n, validUntil = now + DEFAULT_LENGTH } = request
  const { header, proofs } = encodePolicy(policy)
  const source = { key, header, list: policy.permissions.list, proofs, sets: request.sets ?? policy.sets }
  const evidence = buildEvidence(source, account, calls.map(toCall))
  return { module, account, ...encodeCallList(calls), validAfter, validUntil, evidence }
}

async function stateOf(client: Client, { module, account, policy }: RedemptionRequest, key: SignerLike): Promise<KeyState> {
  const state = await readKeyState(client, { module, account, key })
  const { policyRoot } = encodePolicy(policy)
  if (state.settings.active && state.policyRoot !== policyRoot) {
    throw new PolicyMismatchError(state.policyRoot, policyRoot)
  }
  return state
}

/**
 * Sends with a tenth more gas than the node estimates. A redemption costs a little more or less with the block's time, and
 * nodes estimate for the time of the latest block, some of them without any margin.
 */
async function sendRedemption(client: SenderClient, call: Call): Promise<SentCall> {
  const sender = senderOf(client)
  if (sender.type === 'smart') return sendCall(client, call)
  try {
    const { to, data } = call
    const gas = await estimateGas(client, { account: sender as Account, to, data })
    return await sendCall(client, { ...call, gas: gas + gas / 10n })
  } catch (error) {
    throw toRefusal(error)
  }
}

/**
 * Asks the module what it would say to a redemption as of the latest block: every check but who sends and signs.
 *
 * @throws SessionKeyRefusedError
 */
export async function previewRedemption(
  client: Client,
  { header, redemption }: { readonly header: Header; readonly redemption: Redemption },
): Promise<OperationPreview> {
  const { module, account, mode, executionCalldata, context } = redemption
  try {
    const answer = await readContract(client, {
      abi: sessionKeyModuleAbi,
      address: module,
      functionName: 'previewRedeem',
      args: [account, mode, executionCalldata, context],
    })
    return describePreview(answer, header)
  } catch (error) {
    throw toRefusal(error)
  }
}

function withContext({ evidence, ...it }: Arranged, parts: Partial<Parameters<typeof encodeRedemptionContext>[0]> = {}) {
  return { ...it, context: encodeRedemptionContext({ ...it, evidence, ...parts }) }
}

/** Holds the calls against the policy, here and by the module. @returns whether the co-signer must sign too */
async function check(client: Client, request: RedemptionRequest, it: Arranged, precheck: boolean): Promise<boolean> {
  const { policy, account, calls } = request
  const { header, permissions } = policy
  const sets = request.sets ?? policy.sets
  if (precheck) requireArguments({ list: permissions.list, account, sets }, calls.map(toCall))
  if (!precheck && header.coSigner === undefined) return false
  return (await previewRedemption(client, { header, redemption: withContext(it) })).needsCosignature
}

type SigningKey = {
  readonly bytes: Hex
  readonly sign: (typedData: ReturnType<typeof sessionRedemptionTypedData>) => Promise<Hex>
}

/** The redemption with the key's signature, in the form in which a co-signer is asked. */
async function signAsKey(
  client: Client,
  it: Arranged,
  key: SigningKey,
  place: { epoch: bigint; serial: bigint; nonce: bigint },
): Promise<RedemptionCosignRequest> {
  const { module, account, mode, executionCalldata, validAfter, validUntil, evidence } = it
  const chainId = client.chain?.id ?? (await getChainId(client))
  const typedData = sessionRedemptionTypedData({
    chainId,
    module,
    account,
    ...place,
    validAfter,
    validUntil,
    mode,
    executionHash: keccak256(executionCalldata),
    evidenceHash: keccak256(evidence),
  })
  return {
    version: REQUEST_VERSION,
    lane: 'direct',
    chainId,
    account,
    module,
    key: key.bytes,
    redemption: { ...place, mode, executionCalldata },
    window: { validAfter, validUntil },
    evidence,
    keySignature: await key.sign(typedData),
  }
}

/** The co-signer's answer to a request. @throws CosignatureNeededError without anybody to ask */
function askCoSigner(request: RedemptionCosignRequest, { cosign }: RedemptionCosigning): Promise<Hex> {
  if (!cosign) throw new CosignatureNeededError(request)
  return cosign(request)
}

const placeAfter = ({ settings, usage }: KeyState, nonce: bigint = usage.uses) => ({
  epoch: settings.epoch,
  serial: settings.serial,
  nonce,
})

/**
 * Dry run in the direct lane: what the calls would charge and what would be left, by the module's own code, as of the
 * latest block. Gas is charged to nobody: whoever sends the transaction pays. The calls themselves are not executed.
 *
 * @throws SessionKeyRefusedError, PolicyMismatchError
 */
export async function previewRedeem(
  client: Client,
  request: RedemptionRequest & { readonly key: SignerLike },
): Promise<OperationPreview> {
  const { blockTime } = await stateOf(client, request, request.key)
  const redemption = withContext(arrange(request, request.key, blockTime))
  return previewRedemption(client, { header: request.policy.header, redemption })
}

/**
 * Makes calls of the account in a transaction of the session key's own, without bundler and EntryPoint, and waits until
 * it is mined. The client's account is the key's EOA, which pays for gas.
 *
 * @param request.precheck asks the module first, so that a refusal costs nothing. Default `true`.
 * @param request.cosign asks the co-signer, where one is needed. It is shown the redemption with the key's signature.
 * @throws SessionKeyRefusedError, PolicyMismatchError, CallRevertedError, ClientUnfitError, CosignatureNeededError,
 *   InvalidCosignatureError
 */
export async function redeemAsKey(
  client: SenderClient,
  request: RedemptionRequest & RedemptionCosigning & { readonly precheck?: boolean },
): Promise<SentCall> {
  const sender = senderOf(client)
  if (sender.type === 'smart') throw new ClientUnfitError('Only an EOA sends redemptions without a signature.')
  const reader = readerOf(client)
  const state = await stateOf(reader, request, sender.address)
  const arranged = arrange(request, sender.address, state.blockTime)
  if (!(await check(reader, request, arranged, request.precheck ?? true))) {
    return sendRedemption(client, encodeRedeem(withContext(arranged)))
  }
  const key: SigningKey = {
    bytes: sender.address,
    sign: (typedData) =>
      getAction(client as WalletClient, signTypedData, 'signTypedData')({ account: sender as Account, ...typedData }),
  }
  const toSign = await signAsKey(reader, arranged, key, placeAfter(state))
  const cosignature = await askCoSigner(toSign, request)
  await requireCosignature(toSign, cosignature, reader)
  // The key's signature was for the co-signer's eyes: the transaction is the key's own.
  return sendRedemption(client, encodeRedeem(withContext(arranged, { cosignature })))
}

/**
 * Signs calls of the account as the session key, for anybody to send. It takes the key's next place in line: whatever
 * the key does before makes it void, and it runs once.
 *
 * @param request.nonce for a redemption that is to follow others that are signed already. Default: the key's next.
 * @param request.precheck asks the module first. Default: `true`, but `false` where a nonce is given. Under a policy with a
 *   co-signer the module is asked in any case: it says whether the co-signer is needed.
 * @param request.cosign asks the co-signer, where one is needed
 * @throws SessionKeyRefusedError, PolicyMismatchError, CosignatureNeededError, InvalidCosignatureError
 */
export async function signRedemption(
  client: Client,
  request: RedemptionRequest &
    RedemptionCosigning & {
      readonly signer: LocalAccount | KeySigner
      readonly nonce?: bigint
      readonly precheck?: boolean
    },
): Promise<SignedRedemption> {
  const { nonce, precheck = nonce === undefined } = request
  const signer = toSessionSigner(request.signer)
  const state = await stateOf(client, request, signer.key)
  const arranged = arrange(request, signer.key, state.blockTime)
  const needsBoth = await check(client, request, arranged, precheck)
  const key: SigningKey = { bytes: signerBytes(signer.key), sign: (typedData) => signer.signTypedData(typedData) }
  const signed = await signAsKey(client, arranged, key, placeAfter(state, nonce))
  if (needsBoth) return completeCosignedRedemption(signed, await askCoSigner(signed, request), client)
  const { keySignature, redemption } = signed
  const authorization = { nonce: redemption.nonce, keySignature }
  return { ...withContext(arranged, { authorization }), nonce: redemption.nonce }
}

/**
 * Sends a signed redemption, as anybody, and waits until it is mined. The client's account pays for gas and gets nothing
 * for it.
 *
 * @throws SessionKeyRefusedError, CallRevertedError
 */
export function relayRedemption(client: SenderClient, redemption: SignedRedemption): Promise<SentCall> {
  return sendRedemption(client, encodeRedeem(redemption))
}
