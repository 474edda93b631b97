import type { Address, Chain, Client, Hex, JsonRpcAccount, LocalAccount, Transport } from 'viem'
import type { SmartAccount, SmartAccountImplementation, UserOperation } from 'viem/account-abstraction'
import type { OperationPreview } from '../actions/previewPacked.ts'
import type { KeyState } from '../actions/readKeyState.ts'
import type { RedemptionRequest } from '../actions/redeem.ts'
import type { WordSet } from '../conditions/sets.ts'
import type { CosignRequest } from '../cosigning/request.ts'
import type { CallRequest } from '../operation/executions.ts'
import type { SignedRedemption } from '../operation/redemption.ts'
import type { SignedGrant } from '../operation/signedGrant.ts'
import type { Policy } from '../policy/definePolicy.ts'
import type { KeySigner } from '../signers/keySigner.ts'
import type { EntryPoint, EntryPointVersion } from './entryPoint.ts'
import type { AccountAdapter } from './kinds/index.ts'
import type { WindowOptions } from './windowOptions.ts'

/** What a session key account is made of. */
export type ToSessionKeyAccountParameters = {
  /** Reads the chain. */
  readonly client: Client<Transport, Chain | undefined, JsonRpcAccount | LocalAccount | undefined>
  /** Estimates gas. Default: `client`, for providers that are node and bundler in one. */
  readonly bundler?: Client | undefined
  /** The smart account that granted the key. */
  readonly account: Address
  readonly module: Address
  /** The policy that was granted, as `definePolicy` or `getGrantedPolicy` gave it. */
  readonly policy: Policy
  /**
   * Lists of the sets that the policy names by their roots. Default: those that came with the policy; one that was read
   * from the chain has none.
   */
  readonly sets?: readonly WordSet[]
  /** The session key: an account that signs typed data, or a key that a verifier checks. */
  readonly signer: LocalAccount | KeySigner
  /** The policy's co-signer, where it is known as a key: tells how long its signatures are. */
  readonly coSigner?: Pick<KeySigner, 'stubSignature'>
  /** The account's EntryPoint. Default: the one that the account says it obeys. */
  readonly entryPoint?: EntryPointVersion | EntryPoint
  /** What kind of account it is. Default: what the account says that it is. */
  readonly adapter?: AccountAdapter
  /** Which of the key's parallel nonce sequences to use. Default 0. */
  readonly lane?: number
  /** Asks the module before signing and before estimating, so that a refusal costs nothing. Default `true`. */
  readonly precheck?: boolean
  readonly window?: WindowOptions
  /**
   * Asks the policy's co-signer where an operation or a redemption passes a threshold, and returns the co-signature.
   * Without it, such a one is not sent: `CosignatureNeededError` holds the request.
   */
  readonly cosign?: (request: CosignRequest) => Promise<Hex>
  /**
   * The owner's signed grant of `policy`. Operations carry it until it is live; each of their windows then ends at its
   * deadline at the latest.
   */
  readonly carriedGrant?: SignedGrant
}

/** What a session key account has beside what viem's smart accounts have. */
export type SessionKeyAccountExtension = {
  readonly module: Address
  readonly policy: Policy
  /** The session key: an address, or `verifier · key` (ERC-7913). */
  readonly key: Hex
  /** Asks the co-signer, as it was given. */
  readonly cosign: ((request: CosignRequest) => Promise<Hex>) | undefined
  /** Reads the key's words, those of the policy's meters included. */
  readKeyState(): Promise<KeyState>
  /**
   * What an operation would charge and what would be left: the module's own code, without the signature check.
   * Limits and fees that are left out count as 0, and so does the gas they would cost.
   *
   * @throws SessionKeyRefusedError
   */
  preview(operation: SessionOperationRequest): Promise<OperationPreview>
  /** The same for the direct lane: {@link previewRedeem}. */
  previewRedeem(request: RedemptionOfKey): Promise<OperationPreview>
  /** Signs calls for the direct lane, for anybody to send, and has them co-signed if need be: {@link signRedemption}. */
  signRedemption(request: RedemptionOfKey & { readonly nonce?: bigint }): Promise<SignedRedemption>
}

/** Calls for the direct lane, and when they may run. */
export type RedemptionOfKey = Pick<RedemptionRequest, 'calls' | 'validAfter' | 'validUntil'>

/** An operation by its calls or its call data, with what is known of its gas. */
export type SessionOperationRequest = Partial<Omit<UserOperation<'0.7'>, 'callData' | 'sender'>> &
  ({ readonly calls: readonly CallRequest[] } | { readonly callData: Hex })

export type SessionKeyAccount = SmartAccount<
  SmartAccountImplementation<EntryPoint['abi'], EntryPointVersion, SessionKeyAccountExtension, false>
>
