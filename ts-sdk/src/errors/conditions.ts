import { InvalidPolicyFieldError, UnsafePolicyError } from './policy.ts'

/** A condition does not fit the type of the argument it is about. */
export class ConditionTypeError extends InvalidPolicyFieldError {
  constructor(field: string, value: unknown, accepted: string, hint?: string) {
    super(field, value, accepted, { code: 'ConditionTypeMismatch', hint })
    this.name = 'ConditionTypeError'
  }
}

/** Conditions that no call can meet: the permission would allow nothing. */
export class ImpossibleConditionError extends UnsafePolicyError {
  constructor(field: string, value: unknown, accepted: string, hint?: string) {
    super('ConditionNeverHolds', field, value, accepted, hint)
    this.name = 'ImpossibleConditionError'
  }
}

/** Conditions that do not fit the format, or would not fit an operation. */
export class ConditionTooLargeError extends InvalidPolicyFieldError {
  constructor(field: string, value: unknown, accepted: string, hint?: string) {
    super(field, value, accepted, { code: 'ConditionTooLarge', hint })
    this.name = 'ConditionTooLargeError'
  }
}

/** A formula that conditions on all or some elements cannot say. */
export class ConditionNotExpressibleError extends InvalidPolicyFieldError {
  constructor(field: string, value: unknown, accepted: string, hint?: string) {
    super(field, value, accepted, { code: 'ConditionNotExpressible', hint })
    this.name = 'ConditionNotExpressibleError'
  }
}
