import type { Address } from 'viem'
import { ValetError } from './base.ts'

const docsPath = 'ATTESTATION.md'

/** The enclave's attestation was refused, so nothing was asked of its key. The verifier's own error is the cause. */
export class TeeAttestationRefusedError extends ValetError {
  constructor(owner: Address, reason: string, cause?: unknown) {
    super('TeeAttestationRefused', `The enclave of the owner ${owner} is not trusted: ${reason}`, { cause, docsPath })
    this.name = 'TeeAttestationRefusedError'
  }
}

/** A TEE owner signs whole operations, and typed data of its list. */
export class TeeBlindSigningError extends ValetError {
  constructor(what: string) {
    super('TeeBlindSigning', `A TEE owner does not sign ${what}: the enclave could not see what it is for.`, {
      metaMessages: ['Send an operation through the account instead; the enclave reads it whole.'],
      docsPath,
    })
    this.name = 'TeeBlindSigningError'
  }
}

/** The enclave answered with something that is not its owner key's signature of what was asked. */
export class TeeSignatureError extends ValetError {
  constructor(owner: Address, cause?: unknown) {
    super('TeeSignature', `What the enclave answered is no signature of the owner ${owner} over what was asked.`, { cause, docsPath })
    this.name = 'TeeSignatureError'
  }
}
