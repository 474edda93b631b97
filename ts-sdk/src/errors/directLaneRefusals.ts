import type { Hex } from 'viem'
import type { Refusal } from './refusals.ts'

const big = (value: unknown): bigint => value as bigint

/** What the direct lane alone refuses, by the error's name. */
export const DIRECT_LANE_REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => Refusal>> = {
  DirectLaneClosed: () => ({
    reason: "The key's policy does not open the direct lane.",
    figures: {},
    hint: 'Grant or update it with `directLane: true`, or use the bundler lane.',
  }),
  DirectLaneUnsupported: ([, flags, sections]) => ({
    reason: `The policy has rules that the direct lane does not keep (flags ${flags}, sections ${sections}).`,
    figures: {},
    hint: 'Use the bundler lane.',
  }),
  RedemptionOutsideWindow: ([validAfter, validUntil, blockTime]) => ({
    reason: `The redemption may run from ${validAfter} to ${validUntil}; it is ${blockTime}.`,
    figures: {
      attempted: big(blockTime),
      limit: big(validUntil),
      availableAt: big(blockTime) < big(validAfter) ? big(validAfter) : undefined,
    },
  }),
  RedemptionUnauthorized: ([signer, caller]) => ({
    reason: `The redemption has no signature and came from ${caller}; that is for ${signer} alone, in a transaction of its own.`,
    figures: { limit: signer as Hex, attempted: caller as Hex },
  }),
  RedemptionMalformed: ([length]) => ({
    reason: `Behind the evidence come ${length} bytes beside a co-signature, if any, which are no nonce and signature.`,
    figures: { attempted: big(length) },
  }),
  RedemptionNonceInvalid: ([nonce, uses]) => ({
    reason: `The redemption was signed as call ${nonce} of the key, which has made ${uses}.`,
    figures: { attempted: big(nonce), limit: big(uses) },
    hint: 'Every operation and redemption takes a place in line: sign again.',
  }),
  RedemptionSignatureInvalid: ([signer, epoch, serial, nonce]) => ({
    reason: `The signature is not ${signer}'s over this redemption (epoch ${epoch}, serial ${serial}, nonce ${nonce}).`,
    figures: {},
  }),
  RedemptionReentered: ([account]) => ({
    reason: `A redemption of ${account} is still running.`,
    figures: { target: account as Hex },
  }),
  ExecutionUnanswered: ([account]) => ({
    reason: `The account ${account} has no code that executes calls of a module.`,
    figures: { target: account as Hex },
    hint: 'Under EIP-7702: does it still delegate to its account contract?',
  }),
  RedemptionsMalformed: ([contexts, modes, executions]) => ({
    reason: `There are ${contexts} contexts, ${modes} modes and ${executions} executions.`,
    figures: {},
  }),
  PermissionContextMalformed: ([index, length]) => ({
    reason: `Permission context ${index} has ${length} bytes, fewer than an address.`,
    figures: { callIndex: big(index) },
  }),
}
