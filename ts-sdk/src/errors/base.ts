const DOCS_BASE = 'docs/'

export type ValetErrorParameters = {
  cause?: unknown
  /** More about this one occurrence, such as the text that a bundler answered. */
  details?: string | undefined
  /** Page of this repository's `docs/` that explains the rule. */
  docsPath?: string | undefined
  /** Lines that say what to do about it. */
  metaMessages?: readonly string[] | undefined
}

/**
 * What every error of this SDK is. `code` is stable and made for programs, `shortMessage` is one sentence for people.
 * Errors of viem that caused it hang in `cause`; {@link walk} finds them.
 */
export class ValetError extends Error {
  readonly code: string
  readonly shortMessage: string
  readonly details: string | undefined
  readonly docsPath: string | undefined
  readonly metaMessages: readonly string[]

  constructor(code: string, shortMessage: string, parameters: ValetErrorParameters = {}) {
    const { cause, docsPath, metaMessages = [] } = parameters
    const details = parameters.details ?? (cause instanceof Error ? cause.message.split('\n')[0] : undefined)
    const lines = [shortMessage, ...metaMessages]
    if (details) lines.push(`Details: ${details}`)
    if (docsPath) lines.push(`Docs: ${DOCS_BASE}${docsPath}`)
    super(lines.join('\n'), cause === undefined ? undefined : { cause })
    this.name = 'ValetError'
    this.code = code
    this.shortMessage = shortMessage
    this.details = details
    this.docsPath = docsPath
    this.metaMessages = metaMessages
  }

  /** The first error of the chain of causes, this one included, that `predicate` accepts; without one the innermost. */
  walk(predicate?: (error: unknown) => boolean): unknown {
    return walkCauses(this, predicate)
  }
}

/** Follows `cause` from `error`. Returns the first accepted link or `null`; without a predicate the last link. */
export function walkCauses(error: unknown, predicate?: (error: unknown) => boolean): unknown {
  const seen = new Set<unknown>()
  let current = error
  while (!seen.has(current)) {
    seen.add(current)
    if (predicate?.(current)) return current
    const next = typeof current === 'object' && current !== null && 'cause' in current ? current.cause : undefined
    if (next === undefined || next === null) return predicate ? null : current
    current = next
  }
  return predicate ? null : current
}
