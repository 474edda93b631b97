import type { UserOperationRequest } from 'viem/account-abstraction'

const NO_GAS = {
  callGasLimit: 0n,
  verificationGasLimit: 0n,
  preVerificationGas: 0n,
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
} as const

/** The operation as if gas cost nothing. */
export function withoutGas(operation: UserOperationRequest): UserOperationRequest {
  return {
    ...operation,
    ...NO_GAS,
    paymasterVerificationGasLimit: 0n,
    paymasterPostOpGasLimit: 0n,
  } as UserOperationRequest
}
