import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROUTES } from "../src/protocol/api.ts";
import { REFUSALS } from "../src/protocol/errors.ts";
import { bodyOf, ether, sessionOperation, SHOP } from "../test/operations.ts";

const CLI = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
const AT_ONCE = 16;
/** Growth of a process that is noise: less than a thousandth of what ten thousand bodies would take if they were kept. */
const MEMORY_NOISE_MB = 48;
const WARM_UP = 2_000;

export type MalformedReport = { readonly requests: number; readonly answers: Readonly<Record<string, number>>; readonly memory: Readonly<Record<string, string>>; readonly faults: readonly string[] };

/** Sends requests that are wrong in every way that comes to mind; expects a typed refusal to each, and silence about secrets. */
export async function malformed(count: number): Promise<MalformedReport> {
  const folder = mkdtempSync(join(tmpdir(), "signer-malformed-"));
  const child = spawn(process.execPath, [CLI, "start", "--folder", folder, "--port", "0", "--logs"], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const faults: string[] = [];
  const answers: Record<string, number> = {};
  try {
    const line = async (name: string): Promise<string> => {
      for (;;) {
        const value = new RegExp(`^${name} +(\\S+)$`, "m").exec(output)?.[1];
        if (value !== undefined) return value;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const [operator, owner, url] = [await line("operator"), await line("owner"), await line("signer")];
    const atStart = output.length;
    const pids = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Record<string, number>;
    const create = (path: string, body: unknown) =>
      fetch(new URL(path, url), { method: "POST", headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" }, body: JSON.stringify(body) }).then((it) => it.json() as Promise<Record<string, string>>);
    const { id: wallet } = await create("/v1/s2s/wallets", { name: "fuzz" });
    const session = await create("/v1/s2s/agent-sessions", { wallet_id: wallet, name: "fuzz", allowed_chains: ["local"], expires_at: new Date(Date.now() + 3.6e6).toISOString(), rate_limit_per_minute: 1_000_000 });
    const secrets = [operator, owner, session["token"] ?? ""];
    const good = JSON.stringify(bodyOf(sessionOperation("0x00000000000000000000000000000000000000f1", "0x00000000000000000000000000000000000000f2", [ether(SHOP, 1n)])));

    let sent = 0;
    let before: Record<string, number> | undefined;
    const one = async (): Promise<void> => {
      const { path, init } = wrongRequest(good, secrets, [wallet ?? "", session["id"] ?? ""]);
      const response = await fetch(new URL(path, url), init).catch(() => undefined);
      if (!response) return void (answers["refused by the transport"] = (answers["refused by the transport"] ?? 0) + 1);
      const text = await response.text();
      const code = codeOf(text);
      const name = response.ok ? "ok" : `${response.status} ${code}`;
      answers[name] = (answers[name] ?? 0) + 1;
      if (!response.ok && (code === undefined || !Object.hasOwn(REFUSALS, code))) faults.push(`an untyped answer: ${response.status} ${text.slice(0, 200)}`);
      if (response.status >= 500) faults.push(`${response.status} for ${init.method} ${path}: ${text.slice(0, 200)}`);
      if (secrets.some((secret) => text.includes(secret))) faults.push(`a secret in the answer of ${path}`);
    };
    const worker = async (): Promise<void> => {
      while (sent < count && faults.length === 0) {
        sent++;
        await one();
        if (sent === WARM_UP) before = memory(pids);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const after = memory(pids);
    for (const [name, grown] of Object.entries(before ?? {})) {
      if ((after[name] ?? 0) > grown + MEMORY_NOISE_MB) faults.push(`${name} grew from ${grown} MB to ${after[name]} MB`);
    }
    const logs = output.slice(atStart);
    // Why something failed stands in the log only.
    if (faults.length > 0) faults.push(...logs.split("\n").filter((it) => it !== "" && !it.startsWith("{")).slice(-12));
    if (secrets.some((secret) => logs.includes(secret))) faults.push("a secret in the log");
    if (/as_live_|sk_live_|ow_live_/.test(logs)) faults.push("a token in the log");
    const grown = Object.fromEntries(Object.entries(after).map(([name, end]) => [name, `${before?.[name] ?? "?"} → ${end}`]));
    return { requests: sent, answers, memory: grown, faults };
  } finally {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}

/** Resident memory of each process in MB, where the system tells. */
function memory(pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).flatMap(([name, pid]) => {
      const file = `/proc/${pid}/status`;
      const kilobytes = existsSync(file) ? /^VmRSS:\s+(\d+)/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
      return kilobytes === undefined ? [] : [[name, Math.round(Number(kilobytes) / 1024)]];
    }),
  );
}

const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T;

const KILLERS: readonly string[] = [ROUTES.kill[1], ROUTES.unseal[1], "/kill", "/revoke", "/pause"];

/** A request that is no request: a wrong body, a wrong token, a wrong path, or all of them. */
function wrongRequest(good: string, secrets: readonly string[], ids: readonly string[]): { path: string; init: RequestInit } {
  // What works without a body, and would end the run, is left out.
  const routes = Object.values(ROUTES).filter(([, route]) => !KILLERS.some((end) => route.endsWith(end)));
  const [method, route] = pick(routes);
  const path = route.replaceAll(/:\w+/g, () => encodeURIComponent(pick([...ids, "x", "../../etc", "%00", "a".repeat(300), "💥", "'; DROP TABLE sessions; --"])));
  const token = pick([...secrets, ...secrets, "", "as_live_", `as_live_${randomBytes(32).toString("base64url")}`, "Bearer", "x".repeat(10_000)]);
  const body = pick([garbage, truncated, mutated, deep, () => "", () => "null", () => "[]", () => '"x"', () => "{}", () => "x".repeat(200_000)])(good);
  return {
    path: `${path}${pick(["", "?cursor=-1", "?cursor=x", "?limit=99999", "?cursor[$gt]=1"])}`,
    init: {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": pick(["application/json", "text/plain", "application/json; charset=utf-16"]), ...(randomInt(4) === 0 && { "idempotency-key": "k".repeat(randomInt(1, 300)) }) },
      ...(method !== "GET" && { body }),
    },
  };
}

const garbage = (): string => randomBytes(randomInt(1, 2_000)).toString("latin1");
const truncated = (good: string): string => good.slice(0, randomInt(good.length));
const deep = (): string => `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`;

/** One value of the body replaced by one that does not belong there. */
function mutated(good: string): string {
  const body = JSON.parse(good) as { user_operation: Record<string, unknown> } & Record<string, unknown>;
  const target: Record<string, unknown> = randomInt(2) === 0 ? body : body.user_operation;
  target[pick([...Object.keys(target), "__proto__", "constructor", "extra"])] = pick<unknown>([null, -1, 1.5, "0x", "0xzz", `0x${"ff".repeat(40_000)}`, {}, [], true, "1e400", "９", Number.MAX_SAFE_INTEGER]);
  return JSON.stringify(body);
}
