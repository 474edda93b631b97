import type { Hex } from 'viem'
import type { Refusal } from './refusals.ts'

const big = (value: unknown): bigint => value as bigint
const hex = (value: unknown): Hex => value as Hex
const nameOf = (token: unknown): string => (BigInt(hex(token)) === 0n ? 'native' : hex(token))
const plain =
  (reason: string, hint?: string) =>
  (): Refusal => ({ reason, figures: {}, ...(hint && { hint }) })

const WRAP = 'Let the account object of the SDK encode the calls: it puts `open` and `close` around them.'
const DRAW = 'Build the operation anew: each draws a random id.'

/** What measured frames alone refuse, by the error's name. */
export const FRAME_REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => Refusal>> = {
  FrameMissing: plain('The key is measured, and the operation is not one batch from `open` to `close`, without try mode.', WRAP),
  FrameIdUsed: ([, id]) => ({
    reason: `Another operation of the account in the same transaction has the frame ${id}.`,
    figures: { attempted: big(id) },
    hint: DRAW,
  }),
  FrameUnknown: ([, id]) => ({
    reason: `No validated operation of the account in this transaction has the frame ${id}, or it was opened before.`,
    figures: { attempted: big(id) },
    hint: DRAW,
  }),
  FrameTooLarge: ([words, limit]) => ({
    reason: `Header, meters and approvals take ${words} words of a measured operation's record, which has ${limit}.`,
    figures: { attempted: big(words), limit: big(limit) },
    hint: 'Approve less in one operation, or shorten the policy.',
  }),
  FrameAlreadyOpen: plain('The account is inside a frame or a redemption already.'),
  FrameNotOpen: plain('The account is not inside a frame.'),
  FrameOutsideCounted: plain("The key's counters count another window than the block's, so that nothing can be added to them."),
  ExcessNotCosigned: ([, threshold, total]) => ({
    reason: `With what was measured the operation comes to ${total}; above ${threshold} the co-signer has to sign too.`,
    figures: { limit: big(threshold), attempted: big(total) },
    hint: 'Make less in one operation, or more of it in amounts that the calls say, so that the co-signer is asked.',
  }),
  BalanceUnreadable: ([token]) => ({
    reason: `The token ${hex(token)} does not tell the account's balance, so that it can not be measured.`,
    figures: { token: hex(token) },
  }),
  AllowanceUnreadable: ([token, spender]) => ({
    reason: `The token ${hex(token)} does not tell what ${hex(spender)} may take from the account.`,
    figures: { token: hex(token), target: hex(spender) },
  }),
  AllowanceLeft: ([token, spender, before, afterwards]) => ({
    reason: `After the operation ${hex(spender)} could take ${big(afterwards)} of ${nameOf(token)}; before, ${big(before)}.`,
    figures: { token: hex(token), target: hex(spender), limit: big(before), attempted: big(afterwards) },
    hint: 'Approve what is used up in the same operation, or take the rest back at its end.',
  }),
  ReceivedTooLittle: ([token, minimum, received]) => ({
    reason: `The operation brings in ${big(received)} of ${nameOf(token)}; the least is ${big(minimum)}.`,
    figures: { token: hex(token), limit: big(minimum), attempted: big(received) },
  }),
  FeedUnreadable: ([source]) => ({
    reason: `The feed or token ${hex(source)} does not answer as one does.`,
    figures: { target: hex(source) },
  }),
  FeedAnswerInvalid: ([feed, roundId, answer]) => ({
    reason: `The price feed's round ${big(roundId)} is incomplete, or its answer ${big(answer)} is not above zero.`,
    figures: { target: hex(feed), attempted: big(answer) },
  }),
  FeedStale: ([feed, age, maxAge]) => ({
    reason: `The price feed's answer is ${big(age)} seconds old; at most ${big(maxAge)} are allowed.`,
    figures: { target: hex(feed), attempted: big(age), limit: big(maxAge) },
    hint: 'Wait for the feed to be updated.',
  }),
  DecimalsMismatch: ([source, expected, actual]) => ({
    reason: `The feed or token ${hex(source)} counts in ${big(actual)} decimals; the policy says ${big(expected)}.`,
    figures: { target: hex(source), limit: big(expected), attempted: big(actual) },
  }),
  FrameRulesInvalid: ([offset]) => ({
    reason: `The header's frame rules are not in their one encoding, or could never hold (byte ${big(offset)}).`,
    figures: { attempted: big(offset) },
  }),
  FrameRulesUnmeasured: plain('The header has frame rules, and the key is not measured.', 'Grant it with `measured`.'),
}
