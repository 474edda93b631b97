import { expect } from 'vitest'
import { AttestationError, type AttestationErrorCode } from '../../src/attestation/index.ts'

declare module 'vitest' {
  // The type parameters are those of the interface that this adds to.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Whatever the function does, it ends in a typed refusal of this kind, whose message contains `message`. */
    toBeRefused: (code: AttestationErrorCode, message?: string) => Promise<void> & (R | T extends never ? never : unknown)
  }
}

expect.extend({
  async toBeRefused(verify: () => unknown, code: AttestationErrorCode, message = '') {
    const error = await attempt(verify)
    const pass = error instanceof AttestationError && error.code === code && error.docsPath === 'ATTESTATION.md' && error.message.includes(message)
    return { pass, message: () => `expected ${code} “${message}”, not ${error instanceof Error ? `${error.message} ${error.stack}` : 'a verdict'}` }
  },
})

async function attempt(verify: () => unknown): Promise<unknown> {
  try {
    await verify()
    return undefined
  } catch (error) {
    return error
  }
}
