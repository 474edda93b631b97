/**
 * `node leash.ts <program> [arguments]`: runs a program that must not outlive the process that asked for it.
 *
 * Standard input is a pipe from that process, and the system closes it however that process ends, by SIGKILL too: then
 * the program is ended. A pipe is what every system has; only Linux can tell a child that its parent died.
 */
import { spawn } from "node:child_process";

/** How long a program may take to end before it is killed. */
const PATIENCE_MS = 2_000;

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error("usage: node leash.ts <program> [arguments]");

const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });

function end(): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS).unref();
}

child.on("error", (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on("exit", (code) => process.exit(code ?? 1));
process.stdin.on("close", end).resume();
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
