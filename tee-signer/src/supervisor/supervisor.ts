import { type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type z } from "zod/v4";
import { endpointsOf, platformSettings } from "../protocol/platformSettings.ts";
import { type Deployments } from "./deployments.ts";
import { desktopKeychain, type KeychainEntry, sealSecret } from "./keychain.ts";
import { launch, type ProcessName } from "./processes.ts";
import { socketPair } from "./socketPair.ts";

export type SignerOptions = {
  /** Holds the keys (sealed), the database and the anchor, in a folder each. */
  readonly folder: string;
  /** Default: SQLite in `folder`. */
  readonly database?: string | undefined;
  /** File for the audit log's head. Default: in `folder`; it belongs somewhere else. */
  readonly anchor?: string | undefined;
  /** Where keys are sealed. Default: the simulator, in `folder`. */
  readonly platform?: z.input<typeof platformSettings> | undefined;
  /** For the simulator's secret, when `platform` says so. Default: the desktop's. */
  readonly keychain?: KeychainEntry;
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly deployments?: Deployments;
  /** A line for each request on standard output. */
  readonly logs?: boolean;
};

/** Credentials of a new signer; told once. */
export type Issued = { readonly operator: string; readonly owner: string };

export type RunningSigner = {
  readonly url: string;
  readonly issued: Issued | undefined;
  /** Why it is halted since boot, if it is. */
  readonly halt: { readonly kind: string; readonly reason: string } | undefined;
  readonly pid: (name: ProcessName) => number | undefined;
  /** Resolves when the signer has ended, asked or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

/** Where `valet-signer kill` finds the processes. */
export const RUN_FILE = "run.json";

/** How long a process that ended by itself stays down before it is started again. */
const REST_MS = 500;

type FromGuardrails = { order?: "startWallet" | "endWallet"; ready?: true; issued?: Issued; halt?: { kind: string; reason: string } | null };

/**
 * Starts the three processes and connects them. This one has no key, no policy and no listener; it only launches, and
 * ends the wallet when it is told to.
 *
 * @throws Error if a process ends before it is ready; KeychainUnavailableError
 */
export async function startSigner(options: SignerOptions): Promise<RunningSigner> {
  const folder = resolve(options.folder);
  const folders = { keys: join(folder, "keys"), simulator: join(folder, "simulator"), data: join(folder, "data"), anchor: join(folder, "anchor") };
  for (const path of Object.values(folders)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const database = options.database ?? `sqlite:${join(folders.data, "signer.db")}`;
  const anchor = resolve(options.anchor ?? join(folders.anchor, "head.json"));

  const platform = platformSettings.parse(options.platform ?? { platform: "simulator", folder: folders.simulator });
  const secret = platform.platform === "simulator" && platform.keychain ? sealSecret(options.keychain ?? (await desktopKeychain(folder))) : undefined;

  const running = new Map<ProcessName, ChildProcess>();
  const events = new EventEmitter();
  let stopping = false;
  let started = false;
  const start = (name: ProcessName, args: readonly string[], powers: Parameters<typeof launch>[2]): ChildProcess => {
    const child = launch(name, args, powers);
    running.set(name, child);
    child.on("error", () => undefined);
    child.on("exit", () => {
      if (running.get(name) === child) running.delete(name);
      if (started && !stopping) events.emit("ended", name);
    });
    writeFileSync(join(folder, RUN_FILE), JSON.stringify(Object.fromEntries([...running].map(([it, { pid }]) => [it, pid]))));
    return child;
  };

  const guardrails = start("guardrails", [JSON.stringify({ database, anchor, deployments: options.deployments ?? {} })], {
    read: [],
    write: [folders.data, join(anchor, "..")],
    network: database.startsWith("sqlite:") ? "none" : "connect",
  });
  const startWallet = async (): Promise<void> => {
    const ends = endpointsOf(platform);
    const wallet = start("wallet", [folders.keys, JSON.stringify(platform)], {
      read: ends.filter((it) => it.startsWith("unix:")).map((it) => it.slice("unix:".length)),
      write: [folders.keys, ...(platform.platform === "simulator" ? [platform.folder] : [])],
      network: ends.length === 0 ? "none" : ends,
    });
    if (secret !== undefined) wallet.send({ secret });
    if ((await message(wallet)) !== "ready" || running.get("wallet") !== wallet) return;
    const [left, right] = await socketPair();
    wallet.send("guardrails", left);
    guardrails.send("wallet", right);
  };
  let port = options.port ?? 0;
  const startHttp = async (): Promise<string> => {
    const http = start("http", [options.host ?? "127.0.0.1", String(port), options.logs === true ? "logs" : ""], { read: [], write: [], network: "listen" });
    await message(http);
    const [left, right] = await socketPair();
    guardrails.send("http", right);
    http.send("guardrails", left);
    const { listening } = (await message(http)) as { listening: string };
    port = Number(new URL(listening).port);
    return listening;
  };

  let walletWanted = false;
  guardrails.on("message", ({ order }: FromGuardrails) => {
    if (order === undefined) return;
    walletWanted = order === "startWallet";
    running.get("wallet")?.kill("SIGKILL");
    running.delete("wallet");
    if (walletWanted) void startWallet();
  });

  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    stopping = true;
    const all = [...running.values()];
    for (const child of all) child.kill("SIGKILL");
    await Promise.all(all.map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")));
    end();
  };
  const revive = async (name: "http" | "wallet"): Promise<void> => {
    await sleep(REST_MS);
    if (stopping || running.has(name)) return;
    if (name === "http") await startHttp();
    else if (walletWanted) await startWallet();
  };
  events.on("ended", (name: ProcessName) => {
    // Without its guardrails there is nothing that may run; what they had decided is in the database.
    if (name === "guardrails") void stop();
    else revive(name).catch((error: unknown) => console.error(error));
  });

  try {
    const [ready, url] = await Promise.all([readyMessage(guardrails), startHttp()]);
    started = true;
    return { url, issued: ready.issued, halt: ready.halt ?? undefined, pid: (name) => running.get(name)?.pid, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The next thing that a process says. */
async function message(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController();
  const exit = once(child, "exit", { signal: ending.signal }).then(
    () => Promise.reject(new Error("A process of the signer ended while it started; its output says why.")),
    () => undefined,
  );
  try {
    const answer = (await Promise.race([once(child, "message", { signal: ending.signal }), exit])) as unknown[] | undefined;
    return answer?.[0];
  } finally {
    ending.abort();
  }
}

async function readyMessage(guardrails: ChildProcess): Promise<FromGuardrails> {
  for (;;) {
    const said = (await message(guardrails)) as FromGuardrails;
    if (said.ready === true) return said;
  }
}
