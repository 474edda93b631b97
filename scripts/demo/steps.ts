import { findRefusal, type SessionKeyRefusedError } from "../../ts-sdk/src/index.ts";
import { type StepReport } from "./report.ts";

/** What landed on the chain. */
export type Landed = { readonly transactionHash: string; readonly gasUsed: bigint };

type Attempt = () => Promise<Landed>;

/** Runs the steps of the demo one after the other and keeps what came of each. */
export class Steps {
  readonly reports: StepReport[] = [];
  readonly #show: (step: StepReport, refusal: SessionKeyRefusedError | undefined) => void;

  constructor(show: (step: StepReport, refusal: SessionKeyRefusedError | undefined) => void) {
    this.#show = show;
  }

  /** A step that is within the rules. */
  async executes(name: string, attempt: Attempt): Promise<void> {
    await this.#run({ name, expected: "executed" }, attempt);
  }

  /** A step that breaks the rule `code`, and must be refused for that and nothing else. */
  async refuses(name: string, code: string, attempt: Attempt): Promise<void> {
    await this.#run({ name, expected: "refused" }, attempt, code);
  }

  async #run({ name, expected }: Pick<StepReport, "name" | "expected">, attempt: Attempt, code?: string): Promise<void> {
    try {
      const { gasUsed, transactionHash } = await attempt();
      this.#keep({ name, expected, outcome: "executed", code: null, reason: null, gasUsed: Number(gasUsed), txHash: transactionHash });
    } catch (error) {
      const refusal = findRefusal(error);
      const asExpected = code === undefined || refusal?.code === code;
      const outcome = refusal && asExpected ? "refused" : "failed";
      const why = refusal?.reason ?? (error instanceof Error ? error.message : String(error));
      const reason = asExpected ? why : `Expected ${code}. ${why}`;
      this.#keep({ name, expected, outcome, code: refusal?.code ?? "NotARefusal", reason, gasUsed: null, txHash: null }, refusal);
    }
  }

  #keep(report: StepReport, refusal?: SessionKeyRefusedError): void {
    this.reports.push(report);
    this.#show(report, refusal);
  }
}
