import type { Address, Hex } from 'viem'
import { DIRECT_LANE_REFUSALS } from './directLaneRefusals.ts'
import { FRAME_REFUSALS } from './frameRefusals.ts'
import { SIGNED_GRANT_REFUSALS } from './signedGrantRefusals.ts'

/** What a refusal says in figures. Native amounts in wei, token amounts in the token's units, times in seconds. */
export type RefusalFigures = {
  /** The cap, the most that is allowed, or the value that was expected. */
  limit?: bigint | Hex | undefined
  /** Of the limit, before this operation. */
  used?: bigint | undefined
  /** What this operation asked for. */
  attempted?: bigint | Hex | undefined
  /** Of the limit, before this operation. */
  left?: bigint | undefined
  /** First second at which the limit is whole again; `null`: never. */
  resetsAt?: bigint | null | undefined
  /** First second at which the same operation could pass. */
  availableAt?: bigint | undefined
  /** The token whose limit it was. */
  token?: Address | undefined
  /** Which call of the operation, from 0. */
  callIndex?: bigint | undefined
  target?: Address | undefined
  selector?: Hex | undefined
}

export type Refusal = { reason: string; figures: RefusalFigures; hint?: string }

type Args = readonly unknown[]
type Describe = (args: Args) => Refusal

/** `type(uint48).max`: a limit that is never whole again. */
const NEVER = 2n ** 48n - 1n

/** Subjects up to this one are numbers of meters, not tokens. */
const LAST_METER_NUMBER = 65_535n

const big = (value: unknown): bigint => value as bigint
const hex = (value: unknown): Hex => value as Hex
const resets = (value: unknown): bigint | null => (big(value) === NEVER ? null : big(value))
const left = (cap: bigint, spent: bigint): bigint => (cap > spent ? cap - spent : 0n)
const time = (seconds: bigint): string =>
  seconds > 8_640_000_000_000n ? `${seconds}` : new Date(Number(seconds) * 1000).toISOString()
const unitOf = (token: unknown): string => (BigInt(hex(token)) === 0n ? 'wei' : `units of ${hex(token)}`)
const plain =
  (reason: string, hint?: string): Describe =>
  () => ({ reason, figures: {}, ...(hint && { hint }) })

const onMeter = (index: unknown) => (big(index) === 255n ? 'wei of native' : `units on limit ${index}`)

function onCall(callIndex: unknown, target: unknown, selector?: unknown): RefusalFigures {
  return {
    callIndex: big(callIndex),
    target: hex(target),
    selector: selector === undefined ? undefined : hex(selector),
  }
}

/** What a meter counts: units of a token, what permissions say, or every call (tag 255 of a number). */
function charging(subject: Hex, tag: bigint, attempted: bigint): string {
  if (BigInt(subject) > LAST_METER_NUMBER) return `charges ${attempted} units of ${subject}`
  return tag === 255n ? `makes ${attempted} calls` : `charges ${attempted} to meter ${BigInt(subject)}`
}

/** What is said of paths that leave the data or find other things than they walk. */
const unreadable = (what: (args: Args) => string, attempted?: number): Describe => (args) => ({
  reason: `${what(args)} The condition's path is ${String(args[1])}.`,
  figures: { callIndex: big(args[0]), ...(attempted !== undefined && { attempted: args[attempted] as bigint | Hex }) },
})

/** Ways in which argument conditions refuse. */
const CONDITION_REFUSALS: Readonly<Record<string, Describe>> = {
  ConditionFailed: ([index, clauseIndex, compared]) => ({
    reason: `Condition ${clauseIndex} on the arguments does not hold; the value compared last is ${compared}.`,
    figures: { callIndex: big(index), attempted: hex(compared) },
    hint: '`explainConditions` says what the condition is.',
  }),
  WordNotClean: unreadable(([, , word]) => `The argument ${word} is wider than its type.`, 2),
  ElementMissing: unreadable(([, , element, count]) => `There is no element ${element} of ${count}.`, 2),
  OffsetNotCanonical: unreadable(([, , slot, offset]) => `The offset ${offset} at byte ${slot} is none of an encoder's.`, 3),
  PathOutOfData: unreadable(([, , position]) => `The call data end before what is at byte ${position}.`),
  NestedCallMismatch: unreadable(([, , selector, actual]) => `A call of ${selector} is expected, ${actual} is found.`, 3),
  SetProofMissing: ([index, clauseIndex]) => ({
    reason: `Condition ${clauseIndex} asks for a proof of a set, and none is shown.`,
    figures: { callIndex: big(index) },
    hint: 'Pass the list of the set in `sets`.',
  }),
  SetProofsUnused: ([index, used, given]) => ({
    reason: `Of ${given} bytes of set proofs only ${used} are asked for.`,
    figures: { callIndex: big(index) },
  }),
}

/** One sentence and the figures for every way in which the module refuses an operation, by the error's name. */
export const OPERATION_REFUSALS: Readonly<Record<string, Describe>> = {
  ModuleNotInstalled: ([, moduleType]) => ({
    reason: `The account has not installed the session key module as ${moduleType === 2n ? 'an executor' : 'a validator'}.`,
    figures: {},
  }),
  CallerNotAllowed: plain('The caller may not do this for the account.'),
  KeyNotGranted: plain('No grant of this key is alive: it was never granted, or was revoked.'),
  KeyEpochOutdated: ([, keyEpoch, accountEpoch]) => ({
    reason: 'All keys of the account were revoked after this one was granted.',
    figures: { attempted: big(keyEpoch), limit: big(accountEpoch) },
  }),
  KeyPaused: plain('The key is paused.', 'The account can resume it.'),
  AccountPaused: plain('The account has paused all its keys.', 'The account can resume them.'),
  AccountCodeChanged: ([pinned, actual]) => ({
    reason: "The account's code is not the one that the policy is pinned to.",
    figures: { limit: hex(pinned), attempted: hex(actual) },
  }),
  WindowMalformed: ([validAfter, validUntil]) => ({
    reason: `The operation's window from ${validAfter} to ${validUntil} is empty or does not fit.`,
    figures: { attempted: big(validUntil) },
  }),
  WindowOutsideKey: ([validAfter, validUntil, keyAfter, keyUntil]) => ({
    reason: `The operation's window (${time(big(validAfter))} to ${time(big(validUntil))}) leaves the key's (${time(big(keyAfter))} to ${time(big(keyUntil))}).`,
    figures: {
      attempted: big(validUntil),
      limit: big(keyUntil),
      availableAt: big(validAfter) < big(keyAfter) ? big(keyAfter) : undefined,
    },
  }),
  WindowCrossesPeriod: ([, validAfter, validUntil]) => ({
    reason: `The operation's window (${time(big(validAfter))} to ${time(big(validUntil))}) crosses into another period of a limit.`,
    figures: { attempted: big(validUntil) },
  }),
  WindowBeforeCounted: ([, validUntil, countedUntil]) => ({
    reason: 'The operation lies in a period before the one that was counted last.',
    figures: { attempted: big(validUntil), limit: big(countedUntil) },
  }),
  AccountFunctionForbidden: ([selector]) => ({
    reason: 'The key may only call `execute(bytes32,bytes)` of the account.',
    figures: { selector: hex(selector) },
  }),
  ModeForbidden: ([mode]) => ({
    reason: 'The execution mode is neither single nor batch, default or try.',
    figures: { attempted: hex(mode) },
  }),
  CallDataMalformed: ([offset]) => ({
    reason: `The call data is not in its canonical encoding at byte ${offset}.`,
    figures: {},
  }),
  BatchEmpty: plain('The batch has no calls.'),
  EvidenceMalformed: ([offset]) => ({
    reason: `The signature's evidence is malformed at byte ${offset}.`,
    figures: {},
  }),
  SignerMalformed: plain('The signer is not of a known kind and length.'),
  TargetForbidden: ([index, target]) => ({
    reason: `No session key may call ${target}: it is the account, the module, an EntryPoint or address zero.`,
    figures: onCall(index, target),
  }),
  SelectorIncomplete: ([index, length]) => ({
    reason: `The call has ${length} bytes of data, too few to name a function.`,
    figures: { callIndex: big(index) },
  }),
  SelectorForbiddenByWildcard: ([index, selector]) => ({
    reason: `No wildcard covers ${selector}: it moves or approves tokens, or installs modules.`,
    figures: { callIndex: big(index), selector: hex(selector) },
  }),
  CallNotPermitted: ([index, target, selector]) => ({
    reason: `The policy has no permission for function ${selector} of ${target}.`,
    figures: onCall(index, target, selector),
  }),
  TokenNotCharged: ([index, token, selector]) => ({
    reason: `The call of ${selector} on the metered token ${token} is neither charged nor uncapped.`,
    figures: { ...onCall(index, token, selector), token: hex(token) },
  }),
  CallValueExceeded: ([index, maxValue, value]) => ({
    reason: `The call carries ${value} wei; its permission allows ${maxValue}.`,
    figures: { callIndex: big(index), limit: big(maxValue), attempted: big(value), left: big(maxValue) },
  }),
  PinnedWordMismatch: ([index, wordIndex, expected, actual]) => ({
    reason: `Argument word ${wordIndex} is ${actual}; the policy pins it to ${expected}.`,
    figures: { callIndex: big(index), limit: hex(expected), attempted: hex(actual) },
  }),
  ArgumentMissing: ([index, wordIndex, length]) => ({
    reason: `The call data of ${length} bytes ends before argument word ${wordIndex}.`,
    figures: { callIndex: big(index) },
  }),
  ...CONDITION_REFUSALS,
  PaymasterForbidden: ([paymaster]) => ({
    reason: `The paymaster ${paymaster} is not on the policy's list, or its data does not begin as the list says.`,
    figures: { target: hex(paymaster) },
  }),
  NativeLimitExceeded: ([cap, spent, attempted, resetsAt]) => ({
    reason:
      big(cap) === 0n
        ? `The key may spend no native token; value and largest gas cost come to ${attempted} wei.`
        : `Value and largest gas cost come to ${attempted} wei; ${left(big(cap), big(spent))} of ${cap} wei are left.`,
    figures: {
      limit: big(cap),
      used: big(spent),
      attempted: big(attempted),
      left: left(big(cap), big(spent)),
      resetsAt: resets(resetsAt),
    },
  }),
  SpendingLimitExceeded: ([token, tag, cap, spent, attempted, resetsAt]) => ({
    reason: `The operation ${charging(hex(token), big(tag), big(attempted))}; ${left(big(cap), big(spent))} of ${cap} are left.`,
    figures: {
      token: BigInt(hex(token)) > LAST_METER_NUMBER ? hex(token) : undefined,
      limit: big(cap),
      used: big(spent),
      attempted: big(attempted),
      left: left(big(cap), big(spent)),
      resetsAt: resets(resetsAt),
    },
  }),
  RateLimitExceeded: ([limit, used, attempted, resetsAt]) => ({
    reason: `The operation makes ${attempted} calls; ${left(big(limit), big(used))} of ${limit} are left in this period.`,
    figures: {
      limit: big(limit),
      used: big(used),
      attempted: big(attempted),
      left: left(big(limit), big(used)),
      resetsAt: resets(resetsAt),
    },
  }),
  QuotaExceeded: ([maxUses, used, attempted]) => ({
    reason: `The operation makes ${attempted} calls; ${left(big(maxUses), big(used))} of ${maxUses} are left for good.`,
    figures: {
      limit: big(maxUses),
      used: big(used),
      attempted: big(attempted),
      left: left(big(maxUses), big(used)),
      resetsAt: null,
    },
  }),
  CosignatureMissing: ([meterIndex, threshold, attempted]) => ({
    reason: `The operation charges ${attempted} ${onMeter(meterIndex)}; above ${threshold} the co-signer must sign too.`,
    figures: { limit: big(threshold), attempted: big(attempted) },
    hint: 'Give `toSessionKeyAccount` a `cosign` function, or request a co-signature with `requestCosignature`.',
  }),
  CosignatureNotNeeded: ([length]) => ({
    reason: `The operation passes no threshold, but carries a co-signature of ${length} bytes.`,
    figures: {},
  }),
  CosignatureMalformed: ([length]) => ({
    reason: `The co-signature of ${length} bytes is not one that an EOA makes.`,
    figures: {},
  }),
  CosignatureOverOtherContent: ([expected, actual]) => ({
    reason: `The co-signature is over another content: its digest begins with ${actual}, the operation's with ${expected}.`,
    figures: { limit: hex(expected), attempted: hex(actual) },
  }),
  CosignatureByAnotherKey: ([cosigner, recovered]) => ({
    reason: `The co-signature is ${recovered}'s; the policy's co-signer is ${cosigner}.`,
    figures: { limit: hex(cosigner), attempted: hex(recovered) },
  }),
  CooldownActive: ([availableAt, validAfter]) => ({
    reason: `The cooldown ends at ${time(big(availableAt))}.`,
    figures: { availableAt: big(availableAt), attempted: big(validAfter) },
  }),
  ...DIRECT_LANE_REFUSALS,
  ...SIGNED_GRANT_REFUSALS,
  ...FRAME_REFUSALS,
  CeilingExceeded: ([token, cap, spent, attempted, resetsAt]) => ({
    reason: `The operation charges ${attempted} ${unitOf(token)} to the account's cap over all keys; ${left(big(cap), big(spent))} of ${cap} are left.`,
    figures: {
      token: BigInt(hex(token)) === 0n ? undefined : hex(token),
      limit: big(cap),
      used: big(spent),
      attempted: big(attempted),
      left: left(big(cap), big(spent)),
      resetsAt: resets(resetsAt),
    },
  }),
  CeilingWindowBeforeCounted: ([token]) => ({
    reason: "The operation lies in a period before the one that the account's cap over all keys counted last.",
    figures: { token: BigInt(hex(token)) === 0n ? undefined : hex(token) },
  }),
  CeilingAmountUnknown: ([index, token, selector]) => ({
    reason: `The account caps ${token} over all keys, and what ${selector} moves of it cannot be told.`,
    figures: { ...onCall(index, token, selector), token: hex(token) },
    hint: 'The account can lift that cap.',
  }),
  CheckerRefused: ([index, checker]) => ({
    reason: `The policy's checker contract ${checker} does not allow the call.`,
    figures: { callIndex: big(index), target: hex(checker) },
  }),
}
