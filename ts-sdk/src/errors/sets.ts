import { ValetError } from './base.ts'
import { InvalidPolicyFieldError } from './policy.ts'

/** A list that is to be a set, or a published one, is not what it has to be. */
export class InvalidSetError extends InvalidPolicyFieldError {
  constructor(field: string, value: unknown, accepted: string, hint?: string) {
    super(field, value, accepted, { code: 'InvalidSet', hint })
    this.name = 'InvalidSetError'
  }
}

/** A policy names a set by its root, and the list that it is of is not at hand. */
export class SetNotAtHandError extends ValetError {
  readonly root: string
  readonly count: number

  constructor(root: string, count: number) {
    super('SetNotAtHand', `The list of the set with root ${root} and ${count} entries is not at hand.`, {
      docsPath: 'WIRE-FORMAT.md',
      metaMessages: ['Read its published file with `parseSetFile`, and pass it in `sets`.'],
    })
    this.name = 'SetNotAtHandError'
    this.root = root
    this.count = count
  }
}
