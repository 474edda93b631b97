import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AuditTail } from "../storage/auditLog.ts";
import { openDatabase } from "../storage/open.ts";
import { setLatch } from "../storage/state.ts";
import { RUN_FILE } from "../supervisor/supervisor.ts";

type Pids = Partial<Record<"wallet" | "guardrails", number>>;

/** The database of a signer in `folder`. */
export function databaseOf({ folder, database }: { folder: string; database?: string | undefined }): string {
  return database ?? `sqlite:${join(resolve(folder), "data", "signer.db")}`;
}

/**
 * Kills the signer without asking any of its processes: ends the wallet, then writes the latch that keeps it from coming
 * back. Works when HTTP is dead, and when the guardrails hang.
 */
export async function killSigner(options: { folder: string; database?: string | undefined; reason: string }): Promise<{ ended: boolean }> {
  const folder = resolve(options.folder);
  const runFile = join(folder, RUN_FILE);
  const pids = (existsSync(runFile) ? JSON.parse(readFileSync(runFile, "utf8")) : {}) as Pids;
  const ended = signal(pids.wallet, "wallet", "SIGKILL");
  try {
    const database = await openDatabase(databaseOf(options));
    const at = Date.now();
    await database.write(async (transaction) => {
      await setLatch(transaction, { at, reason: options.reason });
      await (await AuditTail.of(transaction)).append({ subject: "signer", type: "signer.killed", at, reason: options.reason });
    });
    await database.close();
    signal(pids.guardrails, "guardrails", "SIGUSR2");
  } catch (error) {
    // No latch without its database; but without guardrails there is no signature either.
    signal(pids.guardrails, "guardrails", "SIGKILL");
    throw error;
  }
  return { ended };
}

/** Signals a process if it still is what it was: numbers of processes are used again. */
function signal(pid: number | undefined, name: string, what: NodeJS.Signals): boolean {
  if (pid === undefined || !isOurs(pid, name)) return false;
  try {
    return process.kill(pid, what);
  } catch {
    return false;
  }
}

function isOurs(pid: number, name: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  // Only Linux tells; elsewhere the file that the supervisor keeps has to do.
  if (process.platform !== "linux") return true;
  return existsSync(commandLine) && readFileSync(commandLine, "utf8").includes(`tee-signer/src/${name}/main.ts`);
}
