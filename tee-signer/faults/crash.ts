import { randomInt } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessName } from "../src/supervisor/processes.ts";
import { ether, SHOP } from "../test/operations.ts";
import { openSession, prepare, type Prepared, sign, type TestSession } from "../test/prepared.ts";
import { startTestSigner, type TestSigner } from "../test/signer.ts";
import { faultsOf, type Given, type Step, stepsOf } from "./ledger.ts";

/** Requests of a round. Their session has money for twenty, so each round also runs into its cap. */
const BURST = 24;
const CAP = 20_000_000n;
/** The requests begin within this time, and the blow comes within it: some of them are at each step of signing. */
const BURST_MS = 80;
/** Copies of the database in one burst: each is the disk that another power cut would have left. */
const CUTS = 5;

type Blow = ProcessName | "power";
/** What a round of each kind counts for; processes take a second to come back, copies take none. */
const BLOWS: readonly Blow[] = ["wallet", "http", "guardrails", "power"];

/** How often each kind of blow came, and in how many of them a request was at that step of signing. */
export type Tally = Record<Blow, { crashes: number } & Record<Step, number>>;

/** What came of a run. */
export type CrashReport = { readonly crashes: number; readonly signatures: number; readonly unanswered: number; readonly tally: Tally; readonly faults: readonly string[] };

const untouched = () => ({ crashes: 0, "before the reservation": 0, "between reservation and signature": 0, "after the signature": 0 });

/** One run: a signer that is beaten, and what anybody was given by it. */
class Run {
  readonly signer: TestSigner;
  readonly copies = mkdtempSync(join(tmpdir(), "signer-power-"));
  readonly tally: Tally = { wallet: untouched(), http: untouched(), guardrails: untouched(), power: untouched() };
  readonly given: Given[] = [];
  readonly faults: string[] = [];
  readonly live: string;
  unanswered = 0;
  #sequence = 0n;

  constructor(signer: TestSigner) {
    this.signer = signer;
    this.live = `sqlite:${join(signer.folder, "data", "signer.db")}`;
  }

  get crashes(): number {
    return Object.values(this.tally).reduce((sum, { crashes }) => sum + crashes, 0);
  }

  async round(blow: Blow, prepared: Prepared): Promise<void> {
    const { signer, given } = this;
    const session = await again(() => openSession(signer, prepared, { max_spend_total_native: String(CAP) }));
    const early: Given[] = [];
    const burst = Array.from({ length: BURST }, () => this.#give(session));
    for (const one of burst) void one.then((it) => it && early.push(it));
    if (blow === "power") await this.#cutPower(session, early);
    else await this.#kill(blow);
    const answers = await Promise.all(burst);
    given.push(...answers.filter((it) => it !== undefined));
    this.unanswered += answers.filter((it) => it === undefined).length;
    if (blow === "guardrails") {
      await signer.running.ended;
      await this.check(this.live, given);
      await signer.restart();
      if (signer.running.halt) this.faults.push(signer.running.halt.reason);
    }
    if (blow !== "power") await this.#note(blow, this.live, session, given);
  }

  async check(url: string, given: readonly Given[]): Promise<void> {
    this.faults.push(...(await faultsOf(url, given, CAP)));
  }

  async #give(session: TestSession): Promise<Given | undefined> {
    const sequence = ++this.#sequence;
    await sleep(randomInt(BURST_MS));
    try {
      const { status, body } = await sign(this.signer, session, [ether(SHOP, 0n)], sequence);
      return status === 200 ? { reservation: String(body["reservation"]), signature: String(body["signature"]), auditSeq: Number(body["audit_seq"]) } : undefined;
    } catch {
      // The other end has died.
      return undefined;
    }
  }

  async #kill(name: ProcessName): Promise<void> {
    await sleep(randomInt(BURST_MS));
    const pid = this.signer.running.pid(name);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async #cutPower(session: TestSession, early: readonly Given[]): Promise<void> {
    for (let cut = 0; cut < CUTS; cut++) {
      await sleep(randomInt(Math.ceil((2 * BURST_MS) / CUTS)));
      // Whatever was answered before the copy began is in it.
      const answered = [...this.given, ...early];
      const url = `sqlite:${this.#copy()}`;
      await this.check(url, answered);
      await this.#note("power", url, session, answered);
    }
  }

  /** Copies the database's files at one moment. The process is stopped for it: a power cut leaves no time between two files. */
  #copy(): string {
    const pid = this.signer.running.pid("guardrails") ?? 0;
    const copy = mkdtempSync(join(this.copies, "copy-"));
    process.kill(pid, "SIGSTOP");
    try {
      for (const suffix of ["", "-wal"]) cpSync(join(this.signer.folder, "data", `signer.db${suffix}`), join(copy, `signer.db${suffix}`));
    } finally {
      process.kill(pid, "SIGCONT");
    }
    return join(copy, "signer.db");
  }

  async #note(blow: Blow, url: string, session: TestSession, given: readonly Given[]): Promise<void> {
    const counts = this.tally[blow];
    counts.crashes++;
    for (const step of await stepsOf(url, session.id, BURST, given)) counts[step]++;
    if (url !== this.live) rmSync(join(url.slice("sqlite:".length), ".."), { recursive: true });
  }
}

/** Ends a process with SIGKILL, or copies the database as a power cut would leave it, in the middle of a burst; again and again. */
export async function crash(count: number, tell: (crashes: number) => void): Promise<CrashReport> {
  const signer = await startTestSigner();
  const run = new Run(signer);
  try {
    const prepared = await prepare(signer);
    for (let round = 0; run.crashes < count && run.faults.length === 0; round++) {
      await run.round(BLOWS[round % BLOWS.length] ?? "power", prepared);
      tell(run.crashes);
    }
    await run.check(run.live, run.given);
    const { crashes, given, unanswered, tally, faults } = run;
    return { crashes, signatures: given.length, unanswered, tally, faults };
  } finally {
    await signer.stop();
    rmSync(run.copies, { recursive: true });
  }
}

/** A process that was ended comes back within a second. */
async function again<T>(run: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await sleep(25)) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
