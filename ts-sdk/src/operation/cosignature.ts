import { type Address, type Hex, concat, slice } from 'viem'
import type { Header } from '../policy/header.ts'

const SESSION_COSIGNATURE_TYPES = {
  SessionCosignature: [
    { name: 'userOpHash', type: 'bytes32' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
    { name: 'evidenceHash', type: 'bytes32' },
  ],
} as const

/** Right in form and that of nobody: stands for a co-signature while gas is estimated. */
export const STUB_COSIGNATURE: Hex =
  '0xfffffffffffffffffffffffffffffffffffffff0000000000000000000000000000000007aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1c'

/** What the co-signer signs: the content that the key signs, as a type of its own. Times in seconds since 1970. */
export function sessionCosignatureTypedData(parameters: {
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
    types: SESSION_COSIGNATURE_TYPES,
    primaryType: 'SessionCosignature',
    // 36-bit times fit a number exactly.
    message: { userOpHash, validAfter: Number(validAfter), validUntil: Number(validUntil), evidenceHash },
  } as const
}

/** `cosignature` of docs/WIRE-FORMAT.md: the digest's first bytes tell what was signed, should it not be this. */
export function encodeCosignature(digest: Hex, signature: Hex): Hex {
  return concat([slice(digest, 0, 4), signature])
}

/**
 * Whether an operation whose gas is not known yet could come to need a co-signature for its gas: a stub for the estimate
 * then is as long as the signature may become.
 */
export function gasCouldNeedCosignature(header: Header, paymaster: Address | undefined): boolean {
  const thresholds = header.coSigner?.thresholds ?? []
  return thresholds.some(({ meter }) =>
    meter === 'native'
      ? paymaster === undefined
      : header.paymasters.some((entry) => entry.mode === 'token' && paymaster !== undefined),
  )
}
