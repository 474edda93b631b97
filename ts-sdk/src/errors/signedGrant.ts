import { ValetError } from './base.ts'

/** A grant that an owner signed, or is to sign, cannot be right. */
export class InvalidSignedGrantError extends ValetError {
  constructor(reason: string) {
    super('InvalidSignedGrant', reason, { docsPath: 'WIRE-FORMAT.md' })
    this.name = 'InvalidSignedGrantError'
  }
}

/** Too long for an operation to carry. */
export class SignedGrantTooLargeError extends ValetError {
  constructor(bytes: number) {
    super('SignedGrantTooLarge', `The signed grant has ${bytes} bytes, more than an operation can carry.`, {
      metaMessages: ['Submit it by `submitSignedGrant` first; anyone can.'],
    })
    this.name = 'SignedGrantTooLargeError'
  }
}

/** The owner's account nests what its owner signs in a domain with its own address and chain. */
export class SignatureBoundToChainError extends ValetError {
  constructor(count: number) {
    super(
      'SignatureBoundToChain',
      `The account binds its owner's signatures to itself and its chain, so one cannot stand for ${count} grants.`,
      { metaMessages: ['Have each grant signed on its own.'], docsPath: 'WIRE-FORMAT.md' },
    )
    this.name = 'SignatureBoundToChainError'
  }
}

/** The address that was asked for a preview has no session key module. */
export class PreviewUnansweredError extends ValetError {
  constructor(module: string) {
    super('PreviewUnanswered', `There is no session key module at ${module}: it took the question and did not answer.`)
    this.name = 'PreviewUnansweredError'
  }
}
