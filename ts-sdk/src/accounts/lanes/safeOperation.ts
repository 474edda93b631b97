import { type Address, type Hex, concat, slice, toHex } from 'viem'
import { type UserOperation, toPackedUserOperation } from 'viem/account-abstraction'

const SAFE_OP = {
  SafeOp: [
    { name: 'safe', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'initCode', type: 'bytes' },
    { name: 'callData', type: 'bytes' },
    { name: 'verificationGasLimit', type: 'uint128' },
    { name: 'callGasLimit', type: 'uint128' },
    { name: 'preVerificationGas', type: 'uint256' },
    { name: 'maxPriorityFeePerGas', type: 'uint128' },
    { name: 'maxFeePerGas', type: 'uint128' },
    { name: 'paymasterAndData', type: 'bytes' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
    { name: 'entryPoint', type: 'address' },
  ],
} as const

/** Of an operation by a Safe's owners: which Safe7579 adapter the Safe has, on which chain. */
export type SafeOperationContext = { readonly chainId: number; readonly adapter: Address; readonly entryPoint: Address }

/**
 * What each owner of a Safe signs for an operation of EntryPoint v0.7: the whole operation, in the domain of the Safe7579
 * adapter. Without a window of its own: the operation lands when its nonce is due.
 */
export function safeOperationTypedData(userOperation: UserOperation, { chainId, adapter, entryPoint }: SafeOperationContext) {
  const { initCode, paymasterAndData, accountGasLimits, gasFees } = toPackedUserOperation(userOperation)
  return {
    domain: { chainId, verifyingContract: adapter },
    types: SAFE_OP,
    primaryType: 'SafeOp',
    message: {
      safe: userOperation.sender,
      nonce: userOperation.nonce,
      initCode,
      callData: userOperation.callData,
      verificationGasLimit: BigInt(slice(accountGasLimits, 0, 16)),
      callGasLimit: BigInt(slice(accountGasLimits, 16, 32)),
      preVerificationGas: userOperation.preVerificationGas,
      maxPriorityFeePerGas: BigInt(slice(gasFees, 0, 16)),
      maxFeePerGas: BigInt(slice(gasFees, 16, 32)),
      paymasterAndData,
      validAfter: 0,
      validUntil: 0,
      entryPoint,
    },
  } as const
}

/** `userOp.signature` of a Safe: `validAfter (6) · validUntil (6) · signatures`, those in ascending order of their owners. */
export function encodeSafeSignature(signatures: readonly { readonly owner: Address; readonly signature: Hex }[]): Hex {
  const sorted = [...signatures].sort((a, b) => (BigInt(a.owner) < BigInt(b.owner) ? -1 : 1))
  return concat([toHex(0, { size: 12 }), ...sorted.map(({ signature }) => signature)])
}
