/** What should happen to a step, and what did. `failed`: neither, or refused for another reason than it should be. */
export type Expected = "executed" | "refused";
export type Outcome = Expected | "failed";

/** One line of the table, and one entry of the JSON. */
export type StepReport = {
  readonly name: string;
  readonly expected: Expected;
  readonly outcome: Outcome;
  /** Stable name of the refusal, the contract's or the EntryPoint's own. */
  readonly code: string | null;
  /** The refusal in one sentence, with its figures. */
  readonly reason: string | null;
  /** Of the whole transaction. What is refused never lands, and uses none. */
  readonly gasUsed: number | null;
  readonly txHash: string | null;
};

/** What the last line of `npm run demo -- --json` holds. */
export type DemoReport = { readonly ok: boolean; readonly steps: readonly StepReport[] };

export function reportOf(steps: readonly StepReport[]): DemoReport {
  return { ok: steps.length > 0 && steps.every((step) => step.outcome === step.expected), steps };
}
