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

  async #run(step: Pick<StepReport, "name" | "expected">, attempt: Attempt, code?: string): Promise<void> {
    const nothing = { code: null, reason: null, gasUsed: null, txHash: null };
    try {
      const { gasUsed, transactionHash } = await attempt();
      this.#keep({ ...step, ...nothing, outcome: "executed", gasUsed: Number(gasUsed), txHash: transactionHash });
    } catch (error) {
      const refusal = findRefusal(error);
      if (!refusal) {
        this.#keep({ ...step, ...nothing, outcome: "failed", code: "NotARefusal", reason: error instanceof Error ? error.message : String(error) });
        return;
      }
      const wrongRule = code !== undefined && refusal.code !== code;
      const reason = wrongRule ? `Expected ${code}. ${refusal.reason}` : refusal.reason;
      this.#keep({ ...step, ...nothing, outcome: wrongRule ? "failed" : "refused", code: refusal.code, reason }, refusal);
    }
  }

  #keep(report: StepReport, refusal?: SessionKeyRefusedError): void {
    this.reports.push(report);
    this.#show(report, refusal);
  }
}
