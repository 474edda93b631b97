import { SignerError } from "../protocol/errors.ts";

const WINDOW_MS = 60_000;
const MAX_FAILURES = 100;
const MAX_ADDRESSES = 10_000;

/** Slows down who guesses tokens: after too many wrong ones in a minute, an address has to wait for the next. */
export class FailedAttempts {
  #counts = new Map<string, number>();
  #began = 0;

  /** @throws SignerError `rate_limited` */
  check(address: string, now: number): void {
    this.#turn(now);
    if ((this.#counts.get(address) ?? 0) < MAX_FAILURES) return;
    const retry = this.#began + WINDOW_MS;
    throw new SignerError("rate_limited", "Too many requests with wrong tokens.", {
      limit: MAX_FAILURES,
      retry_at: new Date(retry).toISOString(),
      retry_after_ms: retry - now,
    });
  }

  note(address: string, now: number): void {
    this.#turn(now);
    if (this.#counts.size < MAX_ADDRESSES || this.#counts.has(address)) this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
  }

  #turn(now: number): void {
    if (now - this.#began < WINDOW_MS) return;
    this.#began = now;
    this.#counts = new Map();
  }
}
