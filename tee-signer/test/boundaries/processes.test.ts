import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flagsOf, networkSetting, type Powers, type ProcessName } from "../../src/supervisor/processes.ts";

const PROBE = fileURLToPath(new URL("probe.ts", import.meta.url));
const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const DENIED = "ERR_ACCESS_DENIED";

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "boundaries-")));
  for (const name of ["keys", "data", "simulator"]) {
    mkdirSync(path(name));
    writeFileSync(join(path(name), "secret"), "secret");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process can do that was started as the supervisor starts it. */
function probe(name: ProcessName, powers: Powers, forbidden: readonly string[]): Record<string, string> {
  const flags = flagsOf(name, { ...powers, read: [...powers.read, PROBE] });
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, PROBE, powers.write[0] ?? "-", ...forbidden], { encoding: "utf8", env: { SIGNER_NETWORK: networkSetting(powers) } });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string>;
}

const secret = (name: string): string => join(path(name), "secret");

describe("the wallet process", () => {
  it("reaches its own keys, and nothing else: no file, no program, no network, no code from outside", () => {
    const others = [secret("data"), join(SOURCES, "http", "server.ts"), join(SOURCES, "guardrails", "main.ts"), join(SOURCES, "storage", "sqlite.ts")];
    expect(probe("wallet", { read: [], write: [path("keys"), path("simulator")], network: "none" }, others)).toEqual({
      "own files": "done",
      ...denied(others.length),
      program: DENIED,
      thread: DENIED,
      binding: DENIED,
      "native code": expect.stringMatching(/DENIED|DLOPEN_DISABLED/),
      inspector: DENIED,
      listen: DENIED,
      connect: DENIED,
      fetch: expect.not.stringMatching("done"),
      datagram: DENIED,
      eval: "EvalError",
    });
  });
});

it("the wallet process on a platform with a guest agent reaches that agent's socket, and nothing else", () => {
  const network = [`unix:${path("agent.sock")}`, "tcp:kms.example:443"];
  expect(probe("wallet", { read: [], write: [path("keys")], network }, [])).toMatchObject({ listen: DENIED, connect: DENIED, fetch: expect.not.stringMatching("done"), datagram: DENIED });
});

describe("the guardrails process", () => {
  const others = (): string[] => [secret("keys"), secret("simulator"), join(SOURCES, "wallet", "keyStore.ts"), join(SOURCES, "http", "server.ts")];
  it("reaches its database, and no key, no program and no network", () => {
    expect(probe("guardrails", { read: [], write: [path("data")], network: "none" }, others())).toMatchObject({
      "own files": "done",
      ...denied(4),
      program: DENIED,
      thread: DENIED,
      binding: DENIED,
      listen: DENIED,
      connect: DENIED,
      fetch: expect.not.stringMatching("done"),
      datagram: DENIED,
      eval: "EvalError",
    });
  });
  it("may connect where the database is a server, and never listen", () => {
    expect(probe("guardrails", { read: [], write: [path("data")], network: "connect" }, others())).toMatchObject({ ...denied(4), listen: DENIED, datagram: DENIED, connect: "ECONNREFUSED" });
  });
});

describe("the agent layer's process", () => {
  it("listens, and reaches no file of anybody, no program and no code of the others", () => {
    const others = [secret("keys"), secret("data"), secret("simulator"), join(SOURCES, "wallet", "keyStore.ts"), join(SOURCES, "guardrails", "main.ts")];
    expect(probe("http", { read: [], write: [], network: "listen" }, others)).toMatchObject({ ...denied(others.length), program: DENIED, thread: DENIED, binding: DENIED, listen: "done" });
  });
});

function denied(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`read ${index}`, `write ${index}`]).flat().map((name) => [name, DENIED]));
}
