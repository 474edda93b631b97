import {
  type Abi,
  type AbiFunction,
  type Address,
  type Hex,
  size,
  toHex,
  toFunctionSelector,
  zeroAddress,
} from 'viem'
import { InvalidPolicyFieldError, UnsafePolicyError } from '../errors/policy.ts'
import { approvalProbe } from './approvalProbe.ts'
import { compileConditions } from '../conditions/compile.ts'
import { type Clause, pinsWord } from '../conditions/comparisons.ts'
import { explainConditions } from '../conditions/explain.ts'
import { ConditionTooLargeError } from '../errors/conditions.ts'
import type { ArgumentCondition } from '../conditions/patterns.ts'
import { type ChargePolicy, compileCharges } from './charges.ts'
import { addressField, bytesField, knownFields } from './fields.ts'
import { findFunction } from './findFunction.ts'
import { whyForbidden } from './forbiddenTargets.ts'
import type { Meter } from './header.ts'
import type { NamedMeters } from './namedMeters.ts'
import { NO_SELECTOR, type Permission, type PermissionKind, encodeBody, type PermissionMark } from './permissions.ts'
import { isForbiddenAtAnyTarget, lookupTokenSelector } from './tokenSelectors.ts'

const MAX_VALUE = 2n ** 128n - 1n
/** Bundlers take operations of at most 8,192 bytes, and each carries the bodies of what it uses. */
const MAX_BODY = 8_192
const CALL_POLICY_FIELDS = ['target', 'abi', 'functionName', 'selector', 'value', 'args', 'charges', 'mark', 'hot']
const MARKS: readonly PermissionMark[] = ['charged', 'uncapped', 'movesNothing']

/** Where a key may call, what, with which arguments, and how much of the account's native token a call may carry. */
export type CallPolicy = {
  /** A contract, or `'any'`: then the function must be named. */
  readonly target: Address | 'any'
  /** ABI that `functionName` is looked up in. */
  readonly abi?: Abi
  /** A function's name, or its signature where the ABI has several of that name. */
  readonly functionName?: string
  /** Instead of `abi` and `functionName`: four bytes, `'any'` function, or `'none'` for empty call data. */
  readonly selector?: Hex | 'any' | 'none'
  /** Most wei that one call may carry. Default: none. */
  readonly value?: bigint
  /**
   * What the arguments must be: by name, nested as they are (`{ params: { recipient: self() } }`) or with dots
   * (`'params.recipient'`), or by index of their 32-byte word; joined by `and(…)` and `or(…)`.
   */
  readonly args?: ArgumentCondition
  /** What each call takes from the policy's `meters`. */
  readonly charges?: readonly ChargePolicy[]
  /**
   * What the calls take from the token limits. Left out, it is worked out: `charged` for a function that moves the
   * metered token it is called on, `movesNothing` for one that is not known to move tokens. `uncapped` has to be said.
   */
  readonly mark?: PermissionMark
  /** Keeps the proof of this permission short. For the few that are used most. */
  readonly hot?: boolean
}

/** What a call policy is judged by. */
export type CallPolicyContext = {
  readonly meters: readonly Meter[]
  /** Where the header has the meters that `charges` name. */
  readonly namedMeters?: NamedMeters
  readonly hasNativeLimit: boolean
  /** Tokens of a measured key whose approvals end with the operation. */
  readonly ephemeral?: readonly Address[]
  /** Whether a rate limit or a quota bounds the number of calls. */
  readonly hasCallLimit: boolean
}

function readSelector(
  field: string,
  policy: CallPolicy,
): { selector: Hex | 'any' | 'none'; item: AbiFunction | undefined } {
  const { abi, functionName, selector } = policy
  if (selector !== undefined && functionName !== undefined) {
    throw new InvalidPolicyFieldError(
      `${field}.selector`,
      selector,
      '`functionName` with `abi`, or `selector`; not both',
    )
  }
  if (functionName !== undefined) {
    if (!Array.isArray(abi)) throw new InvalidPolicyFieldError(`${field}.abi`, abi, 'the ABI that has `functionName`')
    const item = findFunction(`${field}.functionName`, abi, functionName)
    return { selector: toFunctionSelector(item), item }
  }
  if (selector === undefined) {
    throw new InvalidPolicyFieldError(
      `${field}.selector`,
      selector,
      '`functionName` with `abi`, four bytes, "any" or "none"',
    )
  }
  if (selector === 'any' || selector === 'none') return { selector, item: undefined }
  return { selector: bytesField(`${field}.selector`, selector, 4, 4), item: undefined }
}

function kindOf(field: string, target: Address | 'any', selector: Hex | 'any' | 'none'): PermissionKind {
  if (target !== 'any') return selector === 'any' ? 'anySelector' : selector === 'none' ? 'emptyCalldata' : 'exact'
  if (selector !== 'any' && selector !== 'none') return 'anyTarget'
  throw new UnsafePolicyError(
    'WildcardEverywhere',
    `${field}.selector`,
    selector,
    'a named function where the target is "any"',
  )
}

/** Turns one call policy into a permission, and refuses what the contract's grant would refuse. */
export function compileCallPolicy(field: string, policy: CallPolicy, context: CallPolicyContext): Permission {
  knownFields(field, policy, CALL_POLICY_FIELDS)
  const target = policy.target === 'any' ? 'any' : addressField(`${field}.target`, policy.target)
  const { selector, item } = readSelector(field, policy)
  const kind = kindOf(field, target, selector)
  const maxValue = readValue(field, policy.value, context)
  const conditions =
    policy.args === undefined ? [] : compileConditions(`${field}.args`, policy.args, item, [atMostValue(maxValue)])
  if (kind === 'emptyCalldata' && conditions.length > 0) {
    throw new InvalidPolicyFieldError(
      `${field}.args`,
      Object.keys(policy.args ?? {}),
      'none: empty call data has no arguments',
    )
  }
  const charges = compileCharges(`${field}.charges`, policy.charges, item, context.namedMeters ?? new Map())
  const permission: Permission = {
    kind,
    mark: policy.mark ?? 'movesNothing',
    target: target === 'any' ? zeroAddress : target,
    selector: selector === 'any' || selector === 'none' ? NO_SELECTOR : selector,
    maxValue,
    conditions,
    ...(charges.length > 0 && { charges }),
  }
  requireSmall(field, permission)
  requireAllowedTarget(field, permission)
  requireBoundedWildcard(field, permission, context)
  const marked = { ...permission, mark: readMark(field, policy.mark, permission, context.meters) }
  requirePinnedSpender(field, marked, context.ephemeral ?? [])
  return marked
}

/** What holds anyway: the call's value is bounded by the policy. */
function atMostValue(maxValue: bigint): Clause {
  return [{ path: [{ step: 'value' }], operator: 'atMost', value: toHex(maxValue, { size: 32 }) }]
}

function requireSmall(field: string, permission: Permission): void {
  const length = size(encodeBody(permission))
  if (length <= MAX_BODY) return
  throw new ConditionTooLargeError(
    `${field}.args`,
    `${length} bytes`,
    `conditions of at most ${MAX_BODY} bytes`,
    'For long lists there is `inSet`.',
  )
}

function readValue(field: string, value: bigint | undefined, { hasNativeLimit }: CallPolicyContext): bigint {
  if (value === undefined || value === 0n) return 0n
  const accepted = `a bigint of wei from 0 to ${MAX_VALUE}`
  if (typeof value !== 'bigint' || value < 0n || value > MAX_VALUE) {
    throw new InvalidPolicyFieldError(`${field}.value`, value, accepted, { code: 'OutOfRange' })
  }
  if (!hasNativeLimit) {
    throw new UnsafePolicyError(
      'ValueWithoutNativeLimit',
      `${field}.value`,
      value,
      'nothing, or a policy with `nativeLimit`',
      'Without a native limit the key can spend no native token at all.',
    )
  }
  return value
}

function requireAllowedTarget(field: string, { kind, target }: Permission): void {
  const reason = kind === 'anyTarget' ? undefined : whyForbidden(target)
  if (reason === undefined) return
  throw new UnsafePolicyError(
    'PermissionTargetForbidden',
    `${field}.target`,
    target,
    'a target that a policy can allow',
    `No session key may call it: ${reason}.`,
  )
}

function requireBoundedWildcard(field: string, permission: Permission, context: CallPolicyContext): void {
  const { kind, selector } = permission
  if (kind !== 'anyTarget' && kind !== 'anySelector') return
  if (kind === 'anyTarget' && isForbiddenAtAnyTarget(selector)) {
    throw new UnsafePolicyError(
      'PermissionSelectorForbidden',
      `${field}.selector`,
      selector,
      'a function that neither moves or approves tokens nor rules accounts or modules',
      'Name the target for this function.',
    )
  }
  if (context.hasNativeLimit && context.hasCallLimit) return
  throw new UnsafePolicyError(
    'WildcardUnlimited',
    field,
    kind,
    'a wildcard only in a policy with `nativeLimit` and with `rateLimits` or `maxUses`',
  )
}

function readMark(
  field: string,
  mark: PermissionMark | undefined,
  permission: Permission,
  meters: readonly Meter[],
): PermissionMark {
  const { kind, target, selector } = permission
  if (mark !== undefined && !MARKS.includes(mark)) {
    throw new InvalidPolicyFieldError(`${field}.mark`, mark, MARKS.map((it) => `"${it}"`).join(', '))
  }
  const known = kind === 'exact' || kind === 'anyTarget' ? lookupTokenSelector(selector) : undefined
  const metered = kind !== 'anyTarget' && meters.some((meter) => meter.token === target)
  const chargeable = metered && kind === 'exact' && known?.amountWord !== undefined
  if (mark === 'uncapped') return mark
  if (mark === 'charged' || (mark === undefined && chargeable)) {
    if (chargeable) return 'charged'
    throw new UnsafePolicyError(
      'PermissionNotChargeable',
      `${field}.mark`,
      'charged',
      'a function with an amount that can be counted, on a token of `tokenLimits`',
    )
  }
  if (known || metered) {
    const hint = metered
      ? 'No amount of this call can be counted. If that is meant, say `mark: "uncapped"`.'
      : 'Give the token a limit in `tokenLimits`, or say `mark: "uncapped"` if its amounts are not to be counted.'
    throw new UnsafePolicyError(
      'PermissionNotCharged',
      `${field}.mark`,
      mark,
      '"charged" or "uncapped": the call moves or approves tokens, or its target has a token limit',
      hint,
    )
  }
  return 'movesNothing'
}

function requirePinnedSpender(
  field: string,
  { kind, target, selector, conditions }: Permission,
  ephemeral: readonly Address[],
): void {
  const spenderWord = kind === 'exact' ? lookupTokenSelector(selector)?.spenderWord : undefined
  if (spenderWord === undefined || conditions.some((it) => pinsWord(it, spenderWord))) return
  if (approvalProbe(selector) !== 0 && ephemeral.includes(target)) return
  throw new UnsafePolicyError(
    'SpenderNotPinned',
    `${field}.args`,
    explainConditions(conditions),
    `a condition that leaves the spender (word ${spenderWord}) one value`,
    'An approval outlives the key: say who it is for, such as `args: { spender: equals(router) }`.',
  )
}
