import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../deploy/src/paths.ts";

/** Running processes that were given one of the ports on their command line. */
export function processesWithPorts(...ports: number[]): { pid: number; command: string }[] {
  const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
  const processes = lines.map((line) => /^\s*(\d+) (.*)$/.exec(line)).map((match) => ({ pid: Number(match?.[1]), command: match?.[2] ?? "" }));
  return processes.filter(({ command }) => ports.some((port) => command.includes(`--port ${port} `)));
}

/** A port that is in use until `free` is called. */
export async function busyPort(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Waits until `condition` holds: long enough for a machine that is busy with other tests. @throws after fifty seconds */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await sleep(100);
  }
  throw new Error("it did not come to that within fifty seconds");
}

/** A command of this repository, run as a person runs it but without npm around. */
export function startCommand(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(ROOT, file), ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk: Buffer) => (text[name] += chunk.toString()));
  const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, text, exitCode };
}
