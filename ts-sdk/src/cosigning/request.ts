import { type Address, type Hex, isAddressEqual } from 'viem'
import type { UserOperation } from 'viem/account-abstraction'
import { type EntryPoint, type EntryPointVersion, entryPointOf } from '../accounts/entryPoint.ts'
import { InvalidCosignRequestError } from '../errors/cosigning.ts'
import type { Executions } from '../operation/executions.ts'
import type { OperationWindow } from '../operation/window.ts'

/** Of the format in which requests travel. */
export const REQUEST_VERSION = 1

/** Fields of an operation that are integers. */
export const AMOUNTS = [
  'nonce',
  'callGasLimit',
  'verificationGasLimit',
  'preVerificationGas',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
] as const

/** The operation, whole but for the signatures. */
export type CosignOperation = Pick<UserOperation<'0.7'>, (typeof AMOUNTS)[number] | 'callData'> & {
  readonly paymaster?: Address
  readonly paymasterVerificationGasLimit?: bigint
  readonly paymasterPostOpGasLimit?: bigint
  readonly paymasterData?: Hex
}

/** What a redemption binds besides window and evidence. */
export type CosignRedemption = Executions & {
  /** Of the key's settings. */
  readonly epoch: bigint
  readonly serial: bigint
  /** The place in the line of the key's calls, from 0. */
  readonly nonce: bigint
}

type Requested = {
  readonly version: typeof REQUEST_VERSION
  readonly chainId: number
  readonly account: Address
  readonly module: Address
  /** The session key: an address, or `verifier · key` (ERC-7913). */
  readonly key: Hex
  /** Seconds since 1970. */
  readonly window: OperationWindow
  readonly evidence: Hex
  readonly keySignature: Hex
  /** What the agent has to say for itself. */
  readonly note?: string
}

/** A request for what a bundler is to send. */
export type OperationCosignRequest = Requested & {
  readonly lane: 'bundler'
  readonly entryPoint: EntryPointVersion
  readonly operation: CosignOperation
}

/** A request for what a transaction to the module is to run. */
export type RedemptionCosignRequest = Requested & {
  readonly lane: 'direct'
  readonly redemption: CosignRedemption
}

/**
 * What the agent's client hands to the co-signer's: everything that will be signed, and the key's own signature. None of it
 * is to be believed: {@link verifyCosignRequest} works out again what it means.
 */
export type CosignRequest = OperationCosignRequest | RedemptionCosignRequest

/**
 * The request for an operation that the key has signed.
 *
 * @throws InvalidCosignRequestError for an EntryPoint that is not at its canonical address, or a paymaster's data that is not
 * complete: what the co-signer's client could not verify
 */
export function toCosignRequest(
  parameters: Omit<OperationCosignRequest, 'version' | 'lane' | 'entryPoint' | 'operation' | 'note'> & {
    readonly entryPoint: EntryPoint
    readonly operation: UserOperation
  },
): OperationCosignRequest {
  const { entryPoint, operation, ...rest } = parameters
  const canonical = entryPointOf(entryPoint.version)
  if (!isAddressEqual(canonical.address, entryPoint.address)) {
    throw new InvalidCosignRequestError(`Its EntryPoint ${entryPoint.address} is not v${entryPoint.version}'s own.`)
  }
  const it = operation as UserOperation<'0.7'>
  return {
    version: REQUEST_VERSION,
    lane: 'bundler',
    ...rest,
    entryPoint: entryPoint.version,
    operation: {
      callData: it.callData,
      nonce: it.nonce,
      callGasLimit: it.callGasLimit,
      verificationGasLimit: it.verificationGasLimit,
      preVerificationGas: it.preVerificationGas,
      maxFeePerGas: it.maxFeePerGas,
      maxPriorityFeePerGas: it.maxPriorityFeePerGas,
      ...(it.paymaster && {
        paymaster: it.paymaster,
        paymasterData: it.paymasterData ?? '0x',
        paymasterVerificationGasLimit: it.paymasterVerificationGasLimit ?? 0n,
        paymasterPostOpGasLimit: it.paymasterPostOpGasLimit ?? 0n,
      }),
    },
  }
}
