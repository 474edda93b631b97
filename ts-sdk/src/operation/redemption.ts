import { type Address, type Hex, concat, encodeFunctionData, toHex } from 'viem'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { encodeSessionSignature } from './evidence.ts'
import type { Call, Executions } from './executions.ts'

/** What the session key signs for a redemption that somebody else sends. */
const SESSION_REDEMPTION_TYPES = {
  SessionRedemption: [
    { name: 'account', type: 'address' },
    { name: 'epoch', type: 'uint32' },
    { name: 'serial', type: 'uint24' },
    { name: 'nonce', type: 'uint24' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
    { name: 'mode', type: 'bytes32' },
    { name: 'executionHash', type: 'bytes32' },
    { name: 'evidenceHash', type: 'bytes32' },
  ],
} as const

/** Calls through the direct lane, ready to be sent to `module`. Times in seconds since 1970, both ends included. */
export type Redemption = Executions & {
  readonly module: Address
  readonly account: Address
  /** `context` of docs/WIRE-FORMAT.md. */
  readonly context: Hex
}

/** Typed data of one redemption, for `signTypedData` or `hashTypedData`. Times in seconds since 1970. */
export function sessionRedemptionTypedData(parameters: {
  chainId: number
  module: Address
  account: Address
  /** Of the key's settings. */
  epoch: bigint
  serial: bigint
  /** How many calls the grant has made. */
  nonce: bigint
  validAfter: bigint
  validUntil: bigint
  mode: Hex
  executionHash: Hex
  evidenceHash: Hex
}) {
  const { chainId, module, epoch, serial, nonce, validAfter, validUntil, ...rest } = parameters
  return {
    domain: { name: 'SessionKeyModule', version: '1', chainId, verifyingContract: module },
    types: SESSION_REDEMPTION_TYPES,
    primaryType: 'SessionRedemption',
    // Every one of them fits a number exactly: at most 40 bits.
    message: {
      ...rest,
      epoch: Number(epoch),
      serial: Number(serial),
      nonce: Number(nonce),
      validAfter: Number(validAfter),
      validUntil: Number(validUntil),
    },
  } as const
}

/**
 * `context` of docs/WIRE-FORMAT.md.
 *
 * @param parameters.authorization left out where the key's own EOA sends the transaction
 */
export function encodeRedemptionContext(parameters: {
  validAfter: bigint
  validUntil: bigint
  evidence: Hex
  authorization?: { nonce: bigint; keySignature: Hex } | undefined
}): Hex {
  const { authorization, ...rest } = parameters
  const keySignature: Hex = authorization
    ? concat([toHex(authorization.nonce, { size: 3 }), authorization.keySignature])
    : '0x'
  return encodeSessionSignature({ ...rest, keySignature })
}

/** The call of the module that runs a redemption. */
export function encodeRedeem({ module, account, mode, executionCalldata, context }: Redemption): Call {
  const args = [account, mode, executionCalldata, context] as const
  return { to: module, value: 0n, data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'redeem', args }) }
}

/**
 * The same for several redemptions through one module, all or none, in the shape of ERC-7710. Redemptions that are
 * signed for one key follow each other by their nonces.
 */
export function encodeRedeemDelegations(redemptions: readonly [Redemption, ...(readonly Redemption[])]): Call {
  const args = [
    redemptions.map(({ account, context }) => concat([account, context])),
    redemptions.map(({ mode }) => mode),
    redemptions.map(({ executionCalldata }) => executionCalldata),
  ] as const
  return {
    to: redemptions[0].module,
    value: 0n,
    data: encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'redeemDelegations', args }),
  }
}
