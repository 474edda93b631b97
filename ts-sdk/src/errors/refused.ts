import { type Address, type Hex, decodeErrorResult, parseAbi } from 'viem'
import { sessionKeyModuleAbi } from '../abis/generated/sessionKeyModule.ts'
import { ValetError } from './base.ts'
import { OPERATION_REFUSALS, type Refusal } from './refusals.ts'
import { causesOf, revertBytesOf, textOf } from './revertData.ts'

/**
 * A rule of the key said no. `code` is the name of the contract's error (`NativeLimitExceeded`, …), or
 * `SignatureInvalid` and `OperationExpired` for what the EntryPoint itself refuses. Figures that the rule does not have
 * are `undefined`.
 */
export class SessionKeyRefusedError extends ValetError {
  /** One sentence: the rule, and the figures that broke it. */
  readonly reason: string
  readonly limit: bigint | Hex | undefined
  readonly used: bigint | undefined
  readonly attempted: bigint | Hex | undefined
  readonly left: bigint | undefined
  /** First second at which the limit is whole again; `null`: never. */
  readonly resetsAt: bigint | null | undefined
  /** First second at which the same operation could pass. */
  readonly availableAt: bigint | undefined
  readonly token: Address | undefined
  readonly callIndex: bigint | undefined
  readonly target: Address | undefined
  readonly selector: Hex | undefined
  /** Arguments of the contract's error, as it declares them. */
  readonly args: readonly unknown[]

  constructor(code: string, refusal: Refusal, args: readonly unknown[] = [], cause?: unknown) {
    super(code, refusal.reason, { cause, docsPath: 'WIRE-FORMAT.md', metaMessages: refusal.hint ? [refusal.hint] : [] })
    this.name = 'SessionKeyRefusedError'
    const { figures } = refusal
    this.reason = refusal.reason
    this.limit = figures.limit
    this.used = figures.used
    this.attempted = figures.attempted
    this.left = figures.left
    this.resetsAt = figures.resetsAt
    this.availableAt = figures.availableAt
    this.token = figures.token
    this.callIndex = figures.callIndex
    this.target = figures.target
    this.selector = figures.selector
    this.args = args
  }
}

const ENTRY_POINT_ERRORS = parseAbi([
  'error FailedOp(uint256 opIndex, string reason)',
  'error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)',
])

/** What the EntryPoint and bundlers say in words when it is the key's signature or window that they refuse. */
const ENTRY_POINT_REFUSALS: readonly { code: string; pattern: RegExp; reason: string }[] = [
  {
    code: 'SignatureInvalid',
    pattern: /\bAA24\b|invalid userop signature/i,
    reason: "The session key's signature is wrong.",
  },
  {
    code: 'OperationExpired',
    pattern: /\bAA22\b|expires too soon|not valid yet/i,
    reason: "The operation's window is over, or has not begun.",
  },
]

/** Decodes bytes that something reverted with, an EntryPoint's wrapping included. `undefined`: not the module's words. */
export function decodeRefusal(data: Hex, cause?: unknown): SessionKeyRefusedError | undefined {
  const wrapped = tryDecode(ENTRY_POINT_ERRORS, data)
  if (wrapped?.name === 'FailedOpWithRevert') {
    return decodeRefusal(wrapped.args[2] as Hex, cause) ?? fromWords(wrapped.args[1] as string, cause)
  }
  if (wrapped) return fromWords(wrapped.args[1] as string, cause)
  const decoded = tryDecode(sessionKeyModuleAbi, data)
  if (!decoded) return undefined
  const describe = OPERATION_REFUSALS[decoded.name]
  const refusal = describe?.(decoded.args) ?? {
    reason: `The module refused with ${decoded.name}(${decoded.args.join(', ')}).`,
    figures: {},
  }
  return new SessionKeyRefusedError(decoded.name, refusal, decoded.args, cause)
}

/**
 * Finds a refusal in any error: a revert of a call, what a bundler answered (AA23 with the module's bytes inside), or
 * what viem and permissionless made of it. `undefined` if the module had no part in it.
 */
export function findRefusal(error: unknown): SessionKeyRefusedError | undefined {
  for (const link of causesOf(error)) if (link instanceof SessionKeyRefusedError) return link
  for (const data of revertBytesOf(error)) {
    const refusal = decodeRefusal(data, error)
    if (refusal) return refusal
  }
  return fromWords(textOf(error), error)
}

/** The refusal in an error, or the error itself: for `catch` blocks that throw on. */
export function toRefusal(error: unknown): unknown {
  return findRefusal(error) ?? error
}

function fromWords(text: string, cause: unknown): SessionKeyRefusedError | undefined {
  const found = ENTRY_POINT_REFUSALS.find(({ pattern }) => pattern.test(text))
  return found && new SessionKeyRefusedError(found.code, { reason: found.reason, figures: {} }, [], cause)
}

function tryDecode(
  abi: typeof ENTRY_POINT_ERRORS | typeof sessionKeyModuleAbi,
  data: Hex,
): { name: string; args: readonly unknown[] } | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: abi as typeof ENTRY_POINT_ERRORS, data })
    // viem knows these two without being asked; they are nobody's rule.
    if (['Error', 'Panic'].includes(errorName)) return undefined
    return { name: errorName, args: (args as readonly unknown[] | undefined) ?? [] }
  } catch {
    return undefined
  }
}
