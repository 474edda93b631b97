import { spawn } from "node:child_process";
import { constants } from "node:os";
import { stripVTControlCharacters } from "node:util";

/** How a program ended, and what it wrote to both streams as it came, without colours. */
export type Ending = { readonly code: number; readonly output: string };

/**
 * Runs a script under this Node.js, shows what it writes while it runs, and keeps it.
 * @param args the script's path and its arguments
 */
export function runNode(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      process.stderr.write(chunk);
    });
    const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
    process.on("SIGINT", passOn).on("SIGTERM", passOn);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", passOn).off("SIGTERM", passOn);
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), output: stripVTControlCharacters(output) });
    });
  });
}
