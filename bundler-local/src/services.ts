import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Service, ServiceEndedError, ServiceStartError } from "./errors.ts";

const LEASH = fileURLToPath(new URL("./leash.ts", import.meta.url));
const START_TIMEOUT_MS = 30_000;
/** Longer than the leash's own patience, which ends before. */
const STOP_TIMEOUT_MS = 4_000;
const KEPT_OUTPUT = 100_000;

export type RunningService = {
  /** The end of what it has written so far. */
  output(): string;
  /** Ends the service and everything it started; resolves when it is gone. May be called again. */
  stop(): Promise<void>;
  /** Resolves with an error when the service ends by itself, with undefined after {@link stop}. */
  ended: Promise<ServiceEndedError | undefined>;
};

export type ServiceOptions = {
  service: Service;
  program: string;
  args: readonly string[];
  /** What it writes once it is ready. */
  readyWhen: RegExp;
  onOutput?: ((service: Service, text: string) => void) | undefined;
};

/**
 * Starts a program on a leash (see leash.ts) and waits until it says that it is ready.
 * @throws ServiceStartError
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { service, program, args, readyWhen, onOutput } = options;
  // A group of its own: Ctrl-C in a terminal reaches us alone, and the whole group can be killed at once.
  const child = spawn(process.execPath, [LEASH, program, ...args], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => {}); // broken when the service ends first, which `exit` tells
  let output = "";
  let stopping = false;

  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    child.once("error", () => resolve(null)); // not even started
  });
  const killNow = () => killGroup(child);
  process.once("exit", killNow);
  void exited.then(() => {
    process.off("exit", killNow);
    killGroup(child); // had the leash been killed alone, the program would still run
  });
  const ended = exited.then((exitCode) => (stopping ? undefined : new ServiceEndedError({ service, exitCode, output })));

  async function stop(): Promise<void> {
    stopping = true;
    child.stdin.end();
    const timer = setTimeout(killNow, STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  const ready = new Promise<void>((resolve) => {
    let waiting = true;
    const read = (chunk: Buffer) => {
      const text = chunk.toString();
      output = (output + text).slice(-KEPT_OUTPUT);
      onOutput?.(service, text);
      if (waiting && readyWhen.test(output)) {
        waiting = false;
        resolve();
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
  const deadline = new AbortController();
  const problem = await Promise.race([
    ready,
    exited.then((code) => `it ended with exit code ${code}.`),
    sleep(START_TIMEOUT_MS, `it was not ready after ${START_TIMEOUT_MS / 1000} s.`, { signal: deadline.signal }).catch(() => undefined),
  ]);
  deadline.abort();
  if (problem !== undefined) {
    await stop();
    throw new ServiceStartError({ service, reason: problem, output });
  }
  return { output: () => output, stop, ended };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // no such group: all gone, or a system without groups
  }
}
