import { SignerError } from "../protocol/errors.ts";

const WINDOW_MS = 60_000;
const MAX_FAILURES = 100;
const MAX_ADDRESSES = 10_000;

/**
 * Counts wrong tokens by address. Who sends too many in a minute hears 429 instead of 401; a right token from the same
 * address is not held up, since others may share it.
 */
export class FailedAttempts {
  #counts = new Map<string, number>();
  #began = 0;

  /** Counts one; the refusal to give when it was one too many. */
  note(address: string, now: number): SignerError | undefined {
    if (now - this.#began >= WINDOW_MS) {
      this.#began = now;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(address) ?? 0) + 1;
    if (this.#counts.size < MAX_ADDRESSES || this.#counts.has(address)) this.#counts.set(address, count);
    if (count <= MAX_FAILURES) return undefined;
    const retry = this.#began + WINDOW_MS;
    return new SignerError("rate_limited", "Too many requests with wrong tokens.", {
      limit: MAX_FAILURES,
      retry_at: new Date(retry).toISOString(),
      retry_after_ms: retry - now,
    });
  }
}
