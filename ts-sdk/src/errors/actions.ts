import type { Address, Hex } from 'viem'
import { ValetError } from './base.ts'

/** A grant of a key that is alive would start its counters afresh. */
export class KeyAlreadyGrantedError extends ValetError {
  readonly keyId: Hex

  constructor(key: Hex, keyId: Hex) {
    super(
      'KeyAlreadyGranted',
      `The session key ${key} is granted already, and a new grant would start its counters afresh.`,
      {
        metaMessages: ['Use `updateSessionKey` to change its policy and keep what was spent, or revoke it first.'],
      },
    )
    this.name = 'KeyAlreadyGrantedError'
    this.keyId = keyId
  }
}

/** The account has not installed the module, so it can hold no session keys. */
export class ModuleNotInstalledError extends ValetError {
  constructor(account: Address, module: Address) {
    super(
      'ModuleNotInstalled',
      `The account ${account} has not installed the session key module ${module}.`,
      { metaMessages: ['Let the owner install it: `installSessionKeyModule`.'] },
    )
    this.name = 'ModuleNotInstalledError'
  }
}

/** No grant of the key is alive, so there is nothing to update or read. */
export class KeyNotGrantedError extends ValetError {
  constructor(key: Hex) {
    super('KeyNotGranted', `No grant of the session key ${key} is alive.`)
    this.name = 'KeyNotGrantedError'
  }
}

/** The policy at hand is not the one that is stored. */
export class PolicyMismatchError extends ValetError {
  readonly stored: Hex
  readonly given: Hex

  constructor(stored: Hex, given: Hex) {
    super('PolicyMismatch', `The policy at hand hashes to ${given}; the account has granted ${stored}.`, {
      metaMessages: ['Read the granted one with `getGrantedPolicy`.'],
    })
    this.name = 'PolicyMismatchError'
    this.stored = stored
    this.given = given
  }
}

/** A call that the owner, the guardian or the key itself sent was mined and reverted. */
export class CallRevertedError extends ValetError {
  readonly transactionHash: Hex

  constructor(transactionHash: Hex) {
    super('CallReverted', `The transaction ${transactionHash} was mined, but its call reverted.`)
    this.name = 'CallRevertedError'
    this.transactionHash = transactionHash
  }
}

/** The client knows neither account nor node that the action needs. */
export class ClientUnfitError extends ValetError {
  constructor(reason: string) {
    super('ClientUnfit', reason)
    this.name = 'ClientUnfitError'
  }
}

/** A session key never signs for the account: no message, permit, order or log-in. */
export class SessionKeyCannotSignError extends ValetError {
  constructor(what: string) {
    super('SessionKeyCannotSign', `A session key signs operations and nothing else, so no ${what} for the account.`)
    this.name = 'SessionKeyCannotSignError'
  }
}

/** The bundler did not estimate the operation's gas. */
export class EstimationFailedError extends ValetError {
  constructor(cause: unknown) {
    super('EstimationFailed', 'The bundler did not estimate the operation.', {
      cause,
      metaMessages: ['`toSessionKeyAccount` asks its `bundler`, and `client` if none is given: is that one a bundler?'],
    })
    this.name = 'EstimationFailedError'
  }
}

/** What runs behind `executeUserOp` could not be tried by itself, and bundlers do not estimate it. */
export class HookedEstimateFailedError extends ValetError {
  constructor(cause: unknown) {
    super('HookedEstimateFailed', "The operation's calls, or the hook around them, do not succeed by themselves.", {
      cause,
      docsPath: 'ACCOUNTS.md',
      metaMessages: [
        'If they would within the operation, pass a `callGasLimit` of your own: bundlers do not estimate what Kernel runs behind a hook.',
      ],
    })
    this.name = 'HookedEstimateFailedError'
  }
}

/** Validating the operation takes more gas than bundlers allow. */
export class VerificationGasExceededError extends ValetError {
  readonly gas: bigint
  readonly limit: bigint

  constructor(gas: bigint, limit: bigint) {
    super('VerificationGasExceeded', `Validating the operation takes ${gas} gas; bundlers allow ${limit}.`, {
      docsPath: 'POLICIES.md',
      metaMessages: [
        'Put fewer calls into one operation, or fewer elements where a condition looks at `every` or `some` of them.',
        'A `verificationGasLimit` of your own is taken as it is. The direct lane has no such limit.',
      ],
    })
    this.name = 'VerificationGasExceededError'
    this.gas = gas
    this.limit = limit
  }
}
