import { randomInt } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessName } from "../src/supervisor/processes.ts";
import { bodyOf, ether, sessionOperation, SHOP } from "../test/operations.ts";
import { openSession, prepare, type Prepared, type TestSession } from "../test/prepared.ts";
import { type Answer, startTestSigner, type TestSigner } from "../test/signer.ts";
import { type Disk, type DiskKind, DISKS, type Remains } from "./disks.ts";
import { faultsOf, type Given, type Step, stepsOf } from "./ledger.ts";

/** Requests of a round. Their session has money for twenty, so each round also runs into its cap. */
const BURST = 24;
const CAP = 20_000_000n;
/** The requests begin within this time, and the blow comes within it: some of them are at each step of signing. */
const BURST_MS = { sqlite: 80, postgres: 160 } as const;
/** Power cuts in one burst: what each of several machines would have left. */
const CUTS = { sqlite: 15, postgres: 5 } as const;
/** A process that was ended comes back within a second. */
const BACK_MS = 60_000;

/** Who is ended with SIGKILL: a process of the signer, the database's server, or all of the machine. */
export type Blow = ProcessName | "server" | "power";
const BLOWS = { sqlite: ["wallet", "http", "guardrails", "power"], postgres: ["wallet", "http", "guardrails", "server", "power"] } as const;

/** How often each kind of blow came, and in how many of them a request was at that step of signing. */
export type Tally = Partial<Record<Blow, { crashes: number } & Record<Step, number>>>;

/** What came of a run. `askedAgain`: requests that a blow left without an answer, and which got it when they came again. */
export type CrashReport = { readonly crashes: number; readonly signatures: number; readonly askedAgain: number; readonly tally: Tally; readonly faults: readonly string[] };

type Request = { readonly body: unknown; answer: Answer | undefined };

/** One run: a signer that is beaten, and what anybody was given by it. */
class Run {
  readonly kind: DiskKind;
  readonly disk: Disk;
  readonly signer: TestSigner;
  readonly tally: Tally = {};
  readonly given: Given[] = [];
  readonly faults: string[] = [];
  askedAgain = 0;
  #sequence = 0n;

  constructor(kind: DiskKind, disk: Disk, signer: TestSigner) {
    this.kind = kind;
    this.disk = disk;
    this.signer = signer;
  }

  get crashes(): number {
    return Object.values(this.tally).reduce((sum, { crashes }) => sum + crashes, 0);
  }

  async round(blow: Blow, prepared: Prepared): Promise<void> {
    const session = await again(() => openSession(this.signer, prepared, { max_spend_total_native: String(CAP) }));
    const requests = Array.from({ length: BURST }, () => this.#request(session));
    const burst = requests.map(async (request) => {
      await sleep(randomInt(BURST_MS[this.kind]));
      await this.#ask(session, request);
    });
    if (blow === "power") await this.#cutPower(session);
    else await this.#strike(blow);
    await Promise.all(burst);
    if (blow === "guardrails") await this.#revive();
    if (blow === "power") return;
    await this.#note(blow, this.disk.url, session, this.given);
    await this.check(this.disk.url, this.given);
    await this.#askAgain(session, requests);
  }

  async check(url: string, given: readonly Given[]): Promise<void> {
    this.faults.push(...(await faultsOf(url, given, CAP)));
  }

  #request({ sender, key }: TestSession): Request {
    return { body: bodyOf(sessionOperation(sender, key, [ether(SHOP, 0n)], { sequence: ++this.#sequence })), answer: undefined };
  }

  async #ask({ token }: TestSession, request: Request): Promise<void> {
    try {
      const answer = await this.signer.ask("POST", "/v1/agent/user-operations", request.body, token);
      request.answer = answer;
      const { status, body } = answer;
      if (status === 200) this.given.push({ reservation: String(body["reservation"]), signature: String(body["signature"]), auditSeq: Number(body["audit_seq"]) });
    } catch {
      // The other end has died.
    }
  }

  async #strike(blow: Exclude<Blow, "power">): Promise<void> {
    await sleep(randomInt(BURST_MS[this.kind]));
    if (blow === "server") return this.disk.killServer?.();
    const pid = this.signer.running.pid(blow);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async #revive(): Promise<void> {
    await this.signer.running.ended;
    await this.check(this.disk.url, this.given);
    await this.signer.restart();
    if (this.signer.running.halt) this.faults.push(this.signer.running.halt.reason);
  }

  async #cutPower(session: TestSession): Promise<void> {
    const cuts: { answered: readonly Given[]; remains: Remains }[] = [];
    for (let cut = 0; cut < CUTS[this.kind]; cut++) {
      await sleep(randomInt(Math.ceil((2 * BURST_MS[this.kind]) / CUTS[this.kind])));
      // Whatever was answered before the cut began is on the disk.
      const answered = [...this.given];
      cuts.push({ answered, remains: await this.disk.cutPower(this.signer.running.pid("guardrails") ?? 0) });
    }
    for (const { answered, remains } of cuts) {
      try {
        const url = await remains.open();
        await this.check(url, answered);
        await this.#note("power", url, session, answered);
      } finally {
        await remains.remove();
      }
    }
  }

  async #note(blow: Blow, url: string, session: TestSession, given: readonly Given[]): Promise<void> {
    const counts = (this.tally[blow] ??= { crashes: 0, "before the reservation": 0, "between reservation and signature": 0, "after the signature": 0 });
    counts.crashes++;
    for (const step of await stepsOf(url, session.id, BURST, given)) counts[step]++;
  }

  /** Nothing is lost: who asks again gets the signature of what was reserved, and nothing is charged twice. */
  async #askAgain(session: TestSession, requests: readonly Request[]): Promise<void> {
    const isSettled = ({ answer }: Request): boolean => answer?.status === 200 || answer?.body.error?.code === "native_total_exceeded";
    const open = requests.filter((request) => !isSettled(request));
    await Promise.all(
      open.map((request) =>
        again(async () => {
          await this.#ask(session, request);
          if (!isSettled(request)) throw new Error(JSON.stringify(request.answer?.body));
        }),
      ),
    );
    this.askedAgain += open.length;
    const steps = await stepsOf(this.disk.url, session.id, 0, this.given);
    this.faults.push(...steps.map((step) => `session ${session.id} has a request that is ${step}, though all were asked again`));
  }
}

/** Ends processes with SIGKILL, or looks at what a power cut would leave, in the middle of a burst; again and again. */
export async function crash(kind: DiskKind, count: number, tell: (crashes: number) => void): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), "signer-crash-"));
  const disk = await DISKS[kind](folder);
  const signer = await startTestSigner({ folder, database: disk.url });
  const run = new Run(kind, disk, signer);
  try {
    const prepared = await prepare(signer);
    const blows = BLOWS[kind];
    for (let round = 0; run.crashes < count && run.faults.length === 0; round++) {
      await run.round(blows[round % blows.length] ?? "power", prepared);
      tell(run.crashes);
    }
    await run.check(disk.url, run.given);
    const { crashes, given, askedAgain, tally, faults } = run;
    return { crashes, signatures: given.length, askedAgain, tally, faults };
  } finally {
    await signer.stop();
    await disk.remove();
  }
}

async function again<T>(run: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + BACK_MS; ; await sleep(25)) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
