import type { Address, Client } from 'viem'
import {
  type EstimateUserOperationGasReturnType,
  type UserOperation,
  type UserOperationRequest,
  formatUserOperationGas,
  formatUserOperationRequest,
} from 'viem/account-abstraction'
import type { KeyState } from '../actions/readKeyState.ts'
import { EstimationFailedError, VerificationGasExceededError } from '../errors/actions.ts'
import { findRefusal } from '../errors/refused.ts'
import { MAX_VERIFICATION_GAS, missingGrantGas, missingVerificationGas } from '../operation/estimate.ts'
import type { Header } from '../policy/header.ts'

type Gas = Partial<EstimateUserOperationGasReturnType<undefined, undefined>>
type GasFields = Pick<
  UserOperation<'0.7'>,
  | 'callGasLimit'
  | 'verificationGasLimit'
  | 'preVerificationGas'
  | 'paymasterVerificationGasLimit'
  | 'paymasterPostOpGasLimit'
>

/**
 * Asks a bundler for the gas of an operation that carries a stub signature, and adds to its verification gas what the
 * stub leaves out. Where that is more than bundlers allow only by the bundler's margin, it is what they allow. Figures that
 * the request has already stay as they are.
 *
 * @throws SessionKeyRefusedError, EstimationFailedError, VerificationGasExceededError, and what `callGas` throws
 */
export async function estimateSessionGas(parameters: {
  bundler: Client
  entryPoint: Address
  request: UserOperationRequest
  readState: () => Promise<KeyState>
  header: Header
  meters: ReadonlySet<number>
  /** Bytes of the policy and signer of a grant that the operation carries, 0 without one. */
  carriedBytes: (state: KeyState) => number
  /** What checking the signatures takes where the estimate does not. */
  signatureGas: () => Promise<bigint>
  /** What validating takes by the account's own word, with the stub signature; `undefined`: it does not say. */
  validationGas: (operation: UserOperation) => Promise<bigint | undefined>
  /** What executing takes, where the bundler cannot tell. */
  callGas?: (() => Promise<bigint>) | undefined
}): Promise<Gas> {
  const { bundler, entryPoint, request, readState, header, meters, carriedBytes, signatureGas, validationGas, callGas } = parameters
  const given = request as Partial<GasFields> & { paymaster?: Address }
  const complete =
    given.callGasLimit !== undefined &&
    given.verificationGasLimit !== undefined &&
    given.preVerificationGas !== undefined &&
    (!given.paymaster ||
      (given.paymasterVerificationGasLimit !== undefined && given.paymasterPostOpGasLimit !== undefined))
  if (complete) return {}

  const paymasterGas = given.paymaster ? { paymasterVerificationGasLimit: 0n, paymasterPostOpGasLimit: 0n } : {}
  const operation = {
    callGasLimit: 0n,
    verificationGasLimit: 0n,
    preVerificationGas: 0n,
    ...paymasterGas,
    ...defined(request),
  }
  const whole = operation as unknown as UserOperation
  const [estimate, execution, state, signatures] = await Promise.all([
    ask(bundler, whole, entryPoint),
    given.callGasLimit === undefined ? callGas?.() : undefined,
    readState(),
    signatureGas(),
  ])
  const missing = missingVerificationGas(state, header, meters) + missingGrantGas(carriedBytes(state)) + signatures
  const verification = async (): Promise<bigint> => {
    const gas = estimate.verificationGasLimit + missing
    if (gas <= MAX_VERIFICATION_GAS) return gas
    const own = await validationGas(whole)
    if (own !== undefined && own + missing <= MAX_VERIFICATION_GAS) return MAX_VERIFICATION_GAS
    throw new VerificationGasExceededError(own === undefined ? gas : own + missing, MAX_VERIFICATION_GAS)
  }
  return {
    callGasLimit: given.callGasLimit ?? execution ?? estimate.callGasLimit,
    preVerificationGas: given.preVerificationGas ?? estimate.preVerificationGas,
    verificationGasLimit: given.verificationGasLimit ?? (await verification()),
    ...(given.paymaster && {
      paymasterVerificationGasLimit: given.paymasterVerificationGasLimit ?? estimate.paymasterVerificationGasLimit,
      paymasterPostOpGasLimit: given.paymasterPostOpGasLimit ?? estimate.paymasterPostOpGasLimit,
    }),
  }
}

async function ask(bundler: Client, operation: UserOperation, entryPoint: Address): Promise<GasFields> {
  try {
    const gas = await (bundler as Client & { request: (request: unknown) => Promise<unknown> }).request({
      method: 'eth_estimateUserOperationGas',
      params: [formatUserOperationRequest(operation), entryPoint],
    })
    return formatUserOperationGas(gas as Parameters<typeof formatUserOperationGas>[0]) as GasFields
  } catch (error) {
    throw findRefusal(error) ?? new EstimationFailedError(error)
  }
}

function defined(request: UserOperationRequest): Partial<UserOperation> {
  return Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as Partial<UserOperation>
}
