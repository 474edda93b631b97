import type { Verdict, World } from "./world.ts";

/** @throws unless it was refused, and by one of `errors` if any are named */
export function refused(what: string, verdict: Verdict, ...errors: readonly string[]): void {
  if (verdict === undefined) throw new Error(`${what}: not refused`);
  if (errors.length > 0 && !errors.includes(verdict)) throw new Error(`${what}: refused by ${verdict}, not by ${errors.join(" or ")}`);
}

/** @throws unless both are the same */
export function same(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}

/** Errors of the module as they come out of the account. */
export function passedOn({ kind }: World, errors: readonly string[]): readonly string[] {
  // Safe7579 calls its validators through the Safe, and says `ExecutionFailed()` for whatever they revert with.
  return kind === "safe7579" && errors.length > 0 ? ["reverts with 0xacfdb444"] : errors;
}
