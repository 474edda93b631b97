import { randomInt } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessName } from "../src/supervisor/processes.ts";
import { ether, SHOP } from "../test/operations.ts";
import { openSession, prepare, RULES, sign, type TestSession } from "../test/prepared.ts";
import { startTestSigner, type TestSigner } from "../test/signer.ts";
import { faultsOf, type Given } from "./ledger.ts";

/** Requests of a round, all at once. Their session has money for ten, so each round also runs into its cap. */
const BURST = 24;
/** A burst takes 30 to 150 ms: every step of signing is under way when the blow comes. */
const LONGEST_WAIT_MS = 150;

type Blow = ProcessName | "power";
const BLOWS: readonly Blow[] = ["wallet", "http", "guardrails", "power"];

/** What came of a run. */
export type CrashReport = { readonly rounds: number; readonly signatures: number; readonly unanswered: number; readonly faults: readonly string[] };

/** Ends a process with SIGKILL, or copies the database as a power cut would leave it, in the middle of a burst; again and again. */
export async function crash(rounds: number, tell: (round: number) => void): Promise<CrashReport> {
  const signer = await startTestSigner();
  const copies = mkdtempSync(join(tmpdir(), "signer-power-"));
  const given: Given[] = [];
  const faults: string[] = [];
  let unanswered = 0;
  let sequence = 0n;
  const cap = BigInt(RULES.max_spend_total_native);
  const live = `sqlite:${join(signer.folder, "data", "signer.db")}`;
  try {
    const prepared = await prepare(signer);
    for (let round = 1; round <= rounds; round++) {
      const session = await again(() => openSession(signer, prepared));
      const blow = BLOWS[round % BLOWS.length] ?? "power";
      const burst = Array.from({ length: BURST }, () => give(signer, session, ++sequence));
      const early: Given[] = [];
      for (const one of burst) void one.then((it) => it && early.push(it));
      await sleep(randomInt(LONGEST_WAIT_MS));
      if (blow === "power") {
        // Whatever was answered before the copy began is in it.
        const answered = [...given, ...early];
        faults.push(...(await faultsOf(`sqlite:${powerCut(signer, copies)}`, answered, cap)));
      } else {
        const pid = signer.running.pid(blow);
        if (pid !== undefined) process.kill(pid, "SIGKILL");
      }
      for (const answer of await Promise.all(burst)) {
        if (answer) given.push(answer);
        else unanswered++;
      }
      if (blow === "guardrails") {
        await signer.running.ended;
        faults.push(...(await faultsOf(live, given, cap)));
        await signer.restart();
        if (signer.running.halt) faults.push(`round ${round}: ${signer.running.halt.reason}`);
      }
      tell(round);
      if (faults.length > 0) break;
    }
    faults.push(...(await faultsOf(live, given, cap)));
    return { rounds, signatures: given.length, unanswered, faults };
  } finally {
    await signer.stop();
    rmSync(copies, { recursive: true });
  }
}

async function give(signer: TestSigner, session: TestSession, sequence: bigint): Promise<Given | undefined> {
  try {
    const { status, body } = await sign(signer, session, [ether(SHOP, 0n)], sequence);
    return status === 200 ? { reservation: String(body["reservation"]), signature: String(body["signature"]), auditSeq: Number(body["audit_seq"]) } : undefined;
  } catch {
    // The other end has died.
    return undefined;
  }
}

/** Copies the database's files at one moment. The process is stopped for it: a power cut leaves no time between two files. */
function powerCut(signer: TestSigner, copies: string): string {
  const pid = signer.running.pid("guardrails") ?? 0;
  const copy = mkdtempSync(join(copies, "copy-"));
  process.kill(pid, "SIGSTOP");
  try {
    for (const suffix of ["", "-wal"]) cpSync(join(signer.folder, "data", `signer.db${suffix}`), join(copy, `signer.db${suffix}`));
  } finally {
    process.kill(pid, "SIGCONT");
  }
  return join(copy, "signer.db");
}

/** A process that was ended comes back within a second. */
async function again<T>(run: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
    try {
      return await run();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

