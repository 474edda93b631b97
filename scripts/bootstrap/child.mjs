import { spawn } from "node:child_process";
import { BootstrapError } from "./say.mjs";

/** Signals that end a run; the shell's exit code for each is 128 + its number. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/**
 * Runs a program to its end and hands on the signals that this process gets, so that nothing outlives it.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, capture?: boolean }} [options] capture: keep the output instead of showing it
 * @returns {Promise<{ code: number, output: string }>} output: both streams as they came; empty unless captured
 */
export function run(program, args, { env = process.env, cwd, capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit" });
    let output = "";
    if (capture) {
      child.stdout?.on("data", (chunk) => (output += chunk));
      child.stderr?.on("data", (chunk) => (output += chunk));
    }

    let received = /** @type {keyof typeof SIGNALS | undefined} */ (undefined);
    const listeners = Object.keys(SIGNALS).map((name) => {
      const signal = /** @type {keyof typeof SIGNALS} */ (name);
      const listener = () => {
        received = signal;
        // A terminal's Ctrl-C reaches the whole process group by itself; a second one would read as "at once".
        if (signal === "SIGINT" && process.stdin.isTTY) return;
        child.kill(signal);
      };
      process.on(signal, listener);
      return { signal, listener };
    });
    const done = () => listeners.forEach(({ signal, listener }) => process.off(signal, listener));

    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (code, signal) => {
      done();
      if (capture && received) {
        reject(new BootstrapError("Interrupted.", 128 + SIGNALS[received]));
        return;
      }
      const killedBy = signal ?? (code === null ? received : undefined);
      resolve({ code: code ?? 128 + (SIGNALS[/** @type {keyof typeof SIGNALS} */ (killedBy)] ?? 9), output });
    });
  });
}
