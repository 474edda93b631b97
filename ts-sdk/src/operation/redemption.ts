import { type Address, type Hex, concat, encodeFunctionData, toHex } from 'viem'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { encodeSessionSignature } from './evidence.ts'
import type { Call, Executions } from './executions.ts'
import { joinSignatures } from './signatures.ts'

const FIELDS = [
  { name: 'account', type: 'address' },
  { name: 'epoch', type: 'uint32' },
  { name: 'serial', type: 'uint24' },
  { name: 'nonce', type: 'uint24' },
  { name: 'validAfter', type: 'uint48' },
  { name: 'validUntil', type: 'uint48' },
  { name: 'mode', type: 'bytes32' },
  { name: 'executionHash', type: 'bytes32' },
  { name: 'evidenceHash', type: 'bytes32' },
] as const

/** Calls through the direct lane, ready to be sent to `module`. Times in seconds since 1970, both ends included. */
export type Redemption = Executions & {
  readonly module: Address
  readonly account: Address
  /** `context` of docs/WIRE-FORMAT.md. */
  readonly context: Hex
}

/** A redemption that anybody may send, until its window ends or the key acts otherwise. */
export type SignedRedemption = Redemption & {
  /** Which call of the grant this is, counted from 0. */
  readonly nonce: bigint
  readonly validAfter: bigint
  readonly validUntil: bigint
}

/** What is signed of a redemption. Times in seconds since 1970. */
export type RedemptionContent = {
  readonly chainId: number
  readonly module: Address
  readonly account: Address
  /** Of the key's settings. */
  readonly epoch: bigint
  readonly serial: bigint
  /** How many calls the grant has made. */
  readonly nonce: bigint
  readonly validAfter: bigint
  readonly validUntil: bigint
  readonly mode: Hex
  readonly executionHash: Hex
  readonly evidenceHash: Hex
}

/** What the session key signs for a redemption that somebody else sends, for `signTypedData` or `hashTypedData`. */
export function sessionRedemptionTypedData(content: RedemptionContent) {
  return {
    types: { SessionRedemption: FIELDS },
    primaryType: 'SessionRedemption',
    ...domainAndMessage(content),
  } as const
}

/** What the co-signer signs, whoever sends the redemption: the same content, as a type of its own. */
export function sessionRedemptionCosignatureTypedData(content: RedemptionContent) {
  return {
    types: { SessionRedemptionCosignature: FIELDS },
    primaryType: 'SessionRedemptionCosignature',
    ...domainAndMessage(content),
  } as const
}

function domainAndMessage(content: RedemptionContent) {
  const { chainId, module, epoch, serial, nonce, validAfter, validUntil, ...rest } = content
  return {
    domain: { name: 'SessionKeyModule', version: '1', chainId, verifyingContract: module },
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
 * @param parameters.cosignature of what passes a threshold
 */
export function encodeRedemptionContext(parameters: {
  validAfter: bigint
  validUntil: bigint
  evidence: Hex
  authorization?: { nonce: bigint; keySignature: Hex } | undefined
  cosignature?: Hex | undefined
}): Hex {
  const { authorization, cosignature = '0x', ...rest } = parameters
  const own: Hex = authorization
    ? concat([toHex(authorization.nonce, { size: 3 }), authorization.keySignature])
    : '0x'
  return encodeSessionSignature({ ...rest, keySignature: joinSignatures(rest.evidence, own, cosignature) })
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
