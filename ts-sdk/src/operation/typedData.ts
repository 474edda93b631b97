import type { Address, Hex } from 'viem'

/** What the session key signs. */
const SESSION_OPERATION_TYPES = {
  SessionOperation: [
    { name: 'userOpHash', type: 'bytes32' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
    { name: 'evidenceHash', type: 'bytes32' },
  ],
} as const

/** Typed data of one operation, for `signTypedData` or `hashTypedData`. Times in seconds since 1970. */
export function sessionOperationTypedData(parameters: {
  chainId: number
  module: Address
  userOpHash: Hex
  validAfter: bigint
  validUntil: bigint
  evidenceHash: Hex
}) {
  const { chainId, module, userOpHash, validAfter, validUntil, evidenceHash } = parameters
  return {
    domain: { name: 'SessionKeyModule', version: '1', chainId, verifyingContract: module },
    types: SESSION_OPERATION_TYPES,
    primaryType: 'SessionOperation',
    // 36-bit times fit a number exactly.
    message: { userOpHash, validAfter: Number(validAfter), validUntil: Number(validUntil), evidenceHash },
  } as const
}
