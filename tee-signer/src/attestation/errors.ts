/** Why evidence was refused. Stable, made for programs. */
export type AttestationErrorCode =
  | 'MALFORMED' // bytes that are not what they claim to be, or that can be written in another way
  | 'NOT_SUPPORTED' // well formed, but of a platform, version or algorithm that is not verified here
  | 'NO_POLICY' // the caller's policy says nothing about this platform
  | 'SIGNATURE' // a signature that does not hold
  | 'CHAIN' // certificates that do not lead to a trusted root
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'REVOKED'
  | 'COLLATERAL' // collateral that belongs to another platform, or that is missing
  | 'TCB' // firmware or enclave that the vendor, or the policy, holds to be too old
  | 'DEBUG' // an enclave whose memory its host can read
  | 'MEASUREMENT' // other code or configuration than what is pinned
  | 'CLAIM' // a claim or setting that the policy does not allow
  | 'CHALLENGE' // not made for this challenge, or not bound to this owner
  | 'SIMULATED' // the simulator, where nobody has asked for it

const DOCS_PATH = 'ATTESTATION.md'

/** What every refusal of a verifier is. No error carries secrets: evidence is public. */
export class AttestationError extends Error {
  readonly code: AttestationErrorCode
  readonly shortMessage: string
  /** What was found and what was expected, where that says more. */
  readonly details: string | undefined
  readonly docsPath = DOCS_PATH

  constructor(code: AttestationErrorCode, shortMessage: string, options: { details?: string; cause?: unknown } = {}) {
    const { details, cause } = options
    super(
      [shortMessage, ...(details ? [`Details: ${details}`] : []), `Docs: docs/${DOCS_PATH}`].join('\n'),
      cause === undefined ? undefined : { cause },
    )
    this.name = 'AttestationError'
    this.code = code
    this.shortMessage = shortMessage
    this.details = details
  }
}

/** Ends a verification. */
export function refuse(code: AttestationErrorCode, shortMessage: string, details?: string): never {
  throw new AttestationError(code, shortMessage, details === undefined ? {} : { details })
}
