import { type ChildProcess, fork } from "node:child_process";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = dirname(dirname(fileURLToPath(import.meta.url)));
const REPOSITORY = dirname(dirname(SOURCES));

export type ProcessName = "http" | "guardrails" | "wallet";

/** Which folders of code a process may read: its own, and what it may import. */
const CODE: Readonly<Record<ProcessName, readonly string[]>> = {
  http: ["http", "protocol", "operation"],
  guardrails: ["guardrails", "protocol", "operation", "storage", "supervisor"],
  wallet: ["wallet", "protocol", "operation", "attestation", "simulator", "platforms", "supervisor"],
};

/** Code of others that all three need. */
const SHARED = ["node_modules", "ts-sdk", "package.json", join("tee-signer", "package.json"), join("tee-signer", "node_modules")];

export type Powers = {
  /** Folders or files, beside its code. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** What it may do on the network: listen (the agent layer), connect (to a database server), connect to these ends, or nothing. */
  readonly network: "listen" | "connect" | "none" | readonly string[];
};

/**
 * Node's flags for a process: no programs, no threads, no native code, and only these files.
 *
 * @param name decides which of the signer's folders it may read
 */
export function flagsOf(name: ProcessName, { read, write, network }: Powers): string[] {
  const code = [...CODE[name].map((it) => join(SOURCES, it)), ...SHARED.map((it) => join(REPOSITORY, it))];
  return [
    "--permission",
    // The agent layer's router compiles its routes.
    ...(network === "listen" ? [] : ["--disallow-code-generation-from-strings"]),
    "--disable-warning=ExperimentalWarning",
    ...[...code, ...read, ...write].map((path) => `--allow-fs-read=${path}`),
    ...write.map((path) => `--allow-fs-write=${path}`),
    ...(network === "listen" ? [] : ["--import", `file://${join(SOURCES, "supervisor", "lockdown.ts").split(sep).join("/")}`]),
  ];
}

/** As the lockdown reads it. */
export function networkSetting({ network }: Powers): string {
  return typeof network === "string" ? network : JSON.stringify(network);
}

/** Starts one of the three processes, with nothing of this one's environment but what is named. */
export function launch(name: ProcessName, args: readonly string[], powers: Powers): ChildProcess {
  const { NODE_ENV } = process.env;
  return fork(join(SOURCES, name, "main.ts"), [...args], {
    execArgv: flagsOf(name, powers),
    env: { SIGNER_NETWORK: networkSetting(powers), ...(NODE_ENV !== undefined && { NODE_ENV }) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}
