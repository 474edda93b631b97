import { SignerError } from "../protocol/errors.ts";

const MINUTE_MS = 60_000;
const MAX_BUCKETS = 100_000;

/** A bucket of tokens for each name: as many at once as go into a minute, and refilled all the time. */
export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /**
   * @param now milliseconds since 1970
   * @throws SignerError `rate_limited`, with the time from which one more is taken
   */
  take(name: string, perMinute: number, now: number): void {
    const { tokens, at } = this.#buckets.get(name) ?? { tokens: perMinute, at: now };
    const filled = Math.min(perMinute, tokens + (Math.max(0, now - at) / MINUTE_MS) * perMinute);
    if (filled < 1) {
      const wait = Math.ceil(((1 - filled) / perMinute) * MINUTE_MS);
      throw new SignerError("rate_limited", `More than ${perMinute} requests a minute.`, {
        limit: perMinute,
        retry_at: new Date(now + wait).toISOString(),
        retry_after_ms: wait,
      });
    }
    // The oldest goes first: a full bucket is what a name without one has.
    this.#buckets.delete(name);
    if (this.#buckets.size >= MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    this.#buckets.set(name, { tokens: filled - 1, at: now });
  }
}
