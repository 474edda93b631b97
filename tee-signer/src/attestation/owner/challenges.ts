import { randomBytes } from 'node:crypto'
import type { Hex } from 'viem'
import { refuse } from '../errors.ts'
import { toHex } from '../shared/bytes.ts'

/** How long a challenge lives, in seconds. */
export const CHALLENGE_LIFETIME = 300
const MAX_OPEN = 10_000

/** Challenges that this process has asked and that are still open: each answers once, within five minutes. */
export class Challenges {
  readonly #open = new Map<Hex, number>()
  readonly #clock: () => number

  /** @param clock seconds since 1970 */
  constructor(clock: () => number = () => Date.now() / 1000) {
    this.#clock = clock
  }

  /** 32 random bytes. */
  issue(): Hex {
    const now = this.#clock()
    // The oldest come first.
    for (const [challenge, until] of this.#open) {
      if (until >= now) break
      this.#open.delete(challenge)
    }
    if (this.#open.size >= MAX_OPEN) refuse('CHALLENGE', 'Too many challenges are open.')
    const challenge = toHex(randomBytes(32))
    this.#open.set(challenge, now + CHALLENGE_LIFETIME)
    return challenge
  }

  /** Uses a challenge up. One that was never asked, has been answered or is too old is refused. */
  redeem(challenge: Hex): void {
    const until = this.#open.get(challenge)
    this.#open.delete(challenge)
    if (until === undefined) refuse('CHALLENGE', 'The challenge was never asked, or has been answered.')
    if (this.#clock() > until) refuse('CHALLENGE', 'The challenge is older than five minutes.')
  }
}
