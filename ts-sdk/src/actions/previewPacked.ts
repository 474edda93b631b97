import {
  type Address,
  type Client,
  type ContractFunctionReturnType,
  type Hex,
  decodeErrorResult,
  encodeFunctionData,
  size,
  slice,
  zeroAddress,
} from 'viem'
import type { PackedUserOperation } from 'viem/account-abstraction'
import { call, readContract } from 'viem/actions'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { meterNumber } from '../policy/namedMeters.ts'
import { type Period, periodOfCode } from '../policy/periods.ts'
import { toRefusal } from '../errors/refused.ts'
import { PreviewUnansweredError } from '../errors/signedGrant.ts'
import { revertBytesOf } from '../errors/revertData.ts'
import type { Header } from '../policy/header.ts'

/** What an operation would charge, and what would be left after it. Native in wei, tokens in their units. */
export type OperationPreview = {
  readonly keyId: Hex
  /** Seconds since 1970. */
  readonly validAfter: bigint
  readonly validUntil: bigint
  /** Calls, as rate limit and quota count them. */
  readonly calls: bigint
  /** Value plus the largest gas cost if the account pays, rounded up to whole gwei. Unused gas is not given back. */
  readonly nativeCharge: bigint
  readonly nativeLeft: bigint
  /** In the order of the policy's `tokenLimits`. */
  readonly tokens: readonly {
    readonly token: Address
    readonly tag: number
    readonly charge: bigint
    readonly left: bigint
  }[]
  /** The policy's numbered meters, further rate limits among them, in the header's order. */
  readonly meters: readonly {
    readonly number: number
    readonly tag: number
    readonly charge: bigint
    readonly left: bigint
  }[]
  /** Caps over all keys of the account that the operation charges; `token` `undefined`: native, in wei. */
  readonly ceilings: readonly {
    readonly token: Address | undefined
    readonly period: Period
    readonly cap: bigint
    readonly charge: bigint
    readonly left: bigint
  }[]
  /** Calls left in the period; `undefined` without a rate limit. */
  readonly rateLeft: bigint | undefined
  /** Calls left for good; `undefined` without a quota. */
  readonly usesLeft: bigint | undefined
  /** The charge on some limit passes the amount up to which the key may act alone. */
  readonly needsCosignature: boolean
}

type PreviewAnswer = ContractFunctionReturnType<typeof sessionKeyModuleAbi, 'view', 'preview'>

const EVIDENCE_OFFSET = 12
const UNLIMITED = 2n ** 256n - 1n

/**
 * Asks the module what it would say to an operation: every check of validation but the signature's.
 *
 * @throws SessionKeyRefusedError
 */
export async function previewPacked(
  client: Client,
  parameters: { module: Address; header: Header; userOperation: PackedUserOperation },
): Promise<OperationPreview> {
  const { module, header, userOperation } = parameters
  try {
    const answer = carriesGrant(userOperation)
      ? await previewCarried(client, module, userOperation)
      : await readContract(client, {
          abi: sessionKeyModuleAbi,
          address: module,
          functionName: 'preview',
          args: [userOperation],
        })
    return describePreview(answer, header)
  } catch (error) {
    throw toRefusal(error)
  }
}

/** Behind the window and its length, evidence begins with a signer's length, or with 0 for a grant. */
function carriesGrant({ signature }: PackedUserOperation): boolean {
  return size(signature) > EVIDENCE_OFFSET && slice(signature, EVIDENCE_OFFSET, EVIDENCE_OFFSET + 1) === '0x00'
}

/** `previewCarried` answers by reverting, so that the grant which it stores is not stored. */
async function previewCarried(client: Client, module: Address, userOperation: PackedUserOperation): Promise<PreviewAnswer> {
  const data = encodeFunctionData({ abi: sessionKeyModuleAbi, functionName: 'previewCarried', args: [userOperation] })
  try {
    await call(client, { to: module, data })
  } catch (error) {
    const answers = revertBytesOf(error).flatMap(decodeCarriedPreview)
    if (answers[0] === undefined) throw error
    return answers[0]
  }
  throw new PreviewUnansweredError(module)
}

function decodeCarriedPreview(data: Hex): readonly PreviewAnswer[] {
  try {
    const { args, errorName } = decodeErrorResult({ abi: sessionKeyModuleAbi, data })
    return errorName === 'CarriedPreview' ? args : []
  } catch {
    // Bytes of something else.
    return []
  }
}

/** Names the figures that the module answers with. */
export function describePreview(answer: PreviewAnswer, header: Header): OperationPreview {
  const { meterCharges, meterLeft, rateLeft, usesLeft, ceilings, ...rest } = answer
  const charged = header.meters.map(({ token, tag }, index) => ({
    subject: { token, number: meterNumber({ token }) },
    figures: { tag, charge: meterCharges[index] ?? 0n, left: meterLeft[index] ?? 0n },
  }))
  return {
    ...rest,
    tokens: charged.flatMap(({ subject: { token, number }, figures }) =>
      number === undefined ? [{ token, ...figures }] : [],
    ),
    meters: charged.flatMap(({ subject: { number }, figures }) => (number === undefined ? [] : [{ number, ...figures }])),
    ceilings: ceilings.map(({ token, period, ...it }) => ({
      ...it,
      token: token === zeroAddress ? undefined : token,
      // A ceiling has a known period, or could not have been set.
      period: periodOfCode(Number(period)) as Period,
    })),
    rateLeft: rateLeft === UNLIMITED ? undefined : rateLeft,
    usesLeft: usesLeft === UNLIMITED ? undefined : usesLeft,
  }
}
