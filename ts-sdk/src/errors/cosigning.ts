import type { CosignRequest } from '../cosigning/request.ts'
import { ValetError } from './base.ts'

const DOCS = 'WIRE-FORMAT.md'

/** An operation or redemption passes a threshold, and nobody is at hand to co-sign it. */
export class CosignatureNeededError extends ValetError {
  /** To be handed to the co-signer, by `serializeCosignRequest`. */
  readonly request: CosignRequest

  constructor(request: CosignRequest) {
    super('CosignatureNeeded', 'The calls charge more than the key may spend alone: the co-signer must sign too.', {
      docsPath: DOCS,
      metaMessages: [
        'Give `toSessionKeyAccount` a `cosign` function; or hand `request` of this error to the co-signer, and its answer',
        'to `sendCosignedOperation`, or to `sendCosignedRedemption` in the direct lane.',
      ],
    })
    this.name = 'CosignatureNeededError'
    this.request = request
  }
}

/** A request for a co-signature is not what it claims to be, so it is neither shown nor signed. */
export class InvalidCosignRequestError extends ValetError {
  constructor(reason: string, cause?: unknown) {
    super('InvalidCosignRequest', `The request for a co-signature is not in order. ${reason}`, {
      cause,
      docsPath: DOCS,
    })
    this.name = 'InvalidCosignRequestError'
  }
}

/** What came back as a co-signature is not the co-signer's over the request. */
export class InvalidCosignatureError extends ValetError {
  constructor(reason: string) {
    super('InvalidCosignature', `The co-signature does not serve. ${reason}`, { docsPath: DOCS })
    this.name = 'InvalidCosignatureError'
  }
}

/** The co-signer has looked at the request and said no. */
export class CosignatureDeclinedError extends ValetError {
  constructor() {
    super('CosignatureDeclined', 'The co-signer has declined the request.')
    this.name = 'CosignatureDeclinedError'
  }
}
