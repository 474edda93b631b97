import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment } from "../src/protocol/accounts.ts";
import { type Issued, type RunningSigner, type SignerOptions, startSigner } from "../src/supervisor/supervisor.ts";

/** What a request came to. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> & { error?: { code: string; message: string; figures?: Record<string, unknown> } } };

export type TestSigner = {
  readonly folder: string;
  readonly running: RunningSigner;
  readonly credentials: Issued;
  /** @param token of whom; default: the operator's */
  ask(method: "GET" | "POST" | "PUT", path: string, body?: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Ends the processes and starts them again on the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** A signer with processes of its own, in a folder of its own. A replica has another's keys and credentials. */
export async function startTestSigner(options: Partial<SignerOptions> = {}, replicaOf?: TestSigner): Promise<TestSigner> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "signer-"));
  if (replicaOf) copyKeys(replicaOf.folder, folder);
  let running = await startSigner({ ...options, folder });
  const credentials = running.issued ?? replicaOf?.credentials;
  if (!credentials) throw new Error("the signer is not new");
  return {
    folder,
    credentials,
    get running() {
      return running;
    },
    async ask(method, path, body, token = credentials.operator, headers = {}) {
      const response = await fetch(new URL(path, running.url), {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer["body"] };
    },
    async restart() {
      await running.stop();
      running = await startSigner({ ...options, folder });
    },
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sealed keys, and what opens them. */
export function copyKeys(from: string, to: string): void {
  for (const name of ["keys", "simulator"]) cpSync(join(from, name), join(to, name), { recursive: true });
}

export const GUARDIAN = "0x00000000000000000000000000000000000000a1";
export const RECOVERY = "0x00000000000000000000000000000000000000a2";
export const LOCAL = 31337;

/** Contracts that need not exist: the signer itself asks no chain. */
export const DEPLOYMENT: Deployment = {
  module: "0x00000000000000000000000000000000000000d1",
  factory: "0x00000000000000000000000000000000000000d2",
  implementation: "0x00000000000000000000000000000000000000d3",
};

export const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
