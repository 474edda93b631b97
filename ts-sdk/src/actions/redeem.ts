import { type Account, type Address, type Client, type Hex, type LocalAccount, keccak256 } from 'viem'
import { estimateGas, getChainId, readContract } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import type { WordSet } from '../conditions/sets.ts'
import { ClientUnfitError, PolicyMismatchError } from '../errors/actions.ts'
import { toRefusal } from '../errors/refused.ts'
import { buildEvidence } from '../operation/evidence.ts'
import { type Call, type CallRequest, encodeCallList, toCall } from '../operation/executions.ts'
import {
  type Redemption,
  encodeRedeem,
  encodeRedemptionContext,
  sessionRedemptionTypedData,
} from '../operation/redemption.ts'
import type { Policy } from '../policy/definePolicy.ts'
import { encodePolicy } from '../policy/encodePolicy.ts'
import { type OperationPreview, describePreview } from './previewPacked.ts'
import { readKeyState } from './readKeyState.ts'
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

/** A redemption that anybody may send, until its window ends or the key acts otherwise. */
export type SignedRedemption = Redemption & {
  /** Which call of the grant this is, counted from 0. */
  readonly nonce: bigint
  readonly validAfter: bigint
  readonly validUntil: bigint
}

const DEFAULT_LENGTH = 300n

type Arranged = Omit<Redemption, 'context'> & { validAfter: bigint; validUntil: bigint; evidence: Hex }

function arrange(request: RedemptionRequest, key: Address, now: bigint): Arranged {
  const { module, account, policy, calls, validAfter = 0n, validUntil = now + DEFAULT_LENGTH } = request
  const { header, proofs } = encodePolicy(policy)
  const source = { key, header, list: policy.permissions.list, proofs, sets: request.sets ?? policy.sets }
  const evidence = buildEvidence(source, account, calls.map(toCall))
  return { module, account, ...encodeCallList(calls), validAfter, validUntil, evidence }
}

async function stateOf(client: Client, { module, account, policy }: RedemptionRequest, key: Address) {
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

async function ask(client: Client, policy: Policy, redemption: Redemption): Promise<OperationPreview> {
  const { module, account, mode, executionCalldata, context } = redemption
  try {
    const answer = await readContract(client, {
      abi: sessionKeyModuleAbi,
      address: module,
      functionName: 'previewRedeem',
      args: [account, mode, executionCalldata, context],
    })
    return describePreview(answer, policy.header)
  } catch (error) {
    throw toRefusal(error)
  }
}

/**
 * Dry run in the direct lane: what the calls would charge and what would be left, by the module's own code, as of the
 * latest block. Gas is charged to nobody: whoever sends the transaction pays. The calls themselves are not executed.
 *
 * @throws SessionKeyRefusedError, PolicyMismatchError
 */
export async function previewRedeem(
  client: Client,
  request: RedemptionRequest & { readonly key: Address },
): Promise<OperationPreview> {
  const { blockTime } = await stateOf(client, request, request.key)
  const { evidence, ...arranged } = arrange(request, request.key, blockTime)
  return ask(client, request.policy, { ...arranged, context: encodeRedemptionContext({ ...arranged, evidence }) })
}

/**
 * Makes calls of the account in a transaction of the session key's own, without bundler and EntryPoint, and waits until
 * it is mined. The client's account is the key's EOA, which pays for gas.
 *
 * @param request.precheck asks the module first, so that a refusal costs nothing. Default `true`.
 * @throws SessionKeyRefusedError, PolicyMismatchError, CallRevertedError, ClientUnfitError
 */
export async function redeemAsKey(
  client: SenderClient,
  request: RedemptionRequest & { readonly precheck?: boolean },
): Promise<SentCall> {
  const sender = senderOf(client)
  if (sender.type === 'smart') throw new ClientUnfitError('Only an EOA sends redemptions without a signature.')
  const reader = readerOf(client)
  const { blockTime } = await stateOf(reader, request, sender.address)
  const { evidence, ...arranged } = arrange(request, sender.address, blockTime)
  const redemption = { ...arranged, context: encodeRedemptionContext({ ...arranged, evidence }) }
  if (request.precheck ?? true) await ask(reader, request.policy, redemption)
  return sendRedemption(client, encodeRedeem(redemption))
}

/**
 * Signs calls of the account as the session key, for anybody to send. It takes the key's next place in line: whatever
 * the key does before makes it void, and it runs once.
 *
 * @param request.nonce for a redemption that is to follow others that are signed already. Default: the key's next.
 * @param request.precheck asks the module first. Default: `true`, but `false` where a nonce is given.
 * @throws SessionKeyRefusedError, PolicyMismatchError
 */
export async function signRedemption(
  client: Client,
  request: RedemptionRequest & {
    readonly signer: LocalAccount
    readonly nonce?: bigint
    readonly precheck?: boolean
  },
): Promise<SignedRedemption> {
  const { signer, policy, module, account } = request
  const state = await stateOf(client, request, signer.address)
  const { evidence, ...arranged } = arrange(request, signer.address, state.blockTime)
  const { validAfter, validUntil, mode, executionCalldata } = arranged
  const context = (authorization?: { nonce: bigint; keySignature: Hex }) =>
    encodeRedemptionContext({ validAfter, validUntil, evidence, authorization })
  if (request.precheck ?? request.nonce === undefined) await ask(client, policy, { ...arranged, context: context() })
  const nonce = request.nonce ?? state.usage.uses
  const keySignature = await signer.signTypedData(
    sessionRedemptionTypedData({
      chainId: client.chain?.id ?? (await getChainId(client)),
      module,
      account,
      epoch: state.settings.epoch,
      serial: state.settings.serial,
      nonce,
      validAfter,
      validUntil,
      mode,
      executionHash: keccak256(executionCalldata),
      evidenceHash: keccak256(evidence),
    }),
  )
  return { ...arranged, context: context({ nonce, keySignature }), nonce }
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
