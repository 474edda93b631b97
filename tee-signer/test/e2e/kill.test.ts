import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditHead } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { KINDS, type TestDatabases } from "../databases.ts";
import { ether, SHOP } from "../operations.ts";
import { openSession, prepare, sign, type TestSession } from "../prepared.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

const CLI = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const CHALLENGE = `0x${"11".repeat(32)}`;

describe.each(Object.entries(KINDS))("a kill, on %s", (_, start) => {
  let databases: TestDatabases;
  let database: Database;
  let url: string;
  let signer: TestSigner;
  let session: TestSession;
  let sequence = 0n;
  const ask = () => sign(signer, session, [ether(SHOP, 1n)], ++sequence);
  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const codeOf = async (): Promise<string | undefined> => (await ask()).body.error?.code;

  beforeAll(async () => {
    databases = await start();
  });
  afterAll(() => databases?.stop());
  beforeEach(async () => {
    sequence = 0n;
    ({ url, database } = await databases.fresh());
    signer = await startTestSigner({ database: url });
    session = await openSession(signer, await prepare(signer));
    await ask();
  });
  afterEach(async () => {
    await signer?.stop();
    await database?.close();
  });

  it("a kill ends the wallet process, holds over a restart, and ends only by an unseal with fresh evidence", async () => {
    const killed = await signer.ask("POST", "/v1/s2s/kill", { reason: "drill" });
    expect(killed.body).toEqual({ state: "killed", reason: "drill", wallet_running: false });
    expect(await codeOf()).toBe("signer_killed");
    await signer.restart();
    expect(signer.running.halt).toMatchObject({ kind: "killed" });
    expect(signer.running.pid("wallet")).toBeUndefined();
    expect(await codeOf()).toBe("signer_killed");
    expect((await signer.ask("POST", "/v1/s2s/wallets", { name: "another" })).body.error?.code).toBe("signer_killed");
    const unsealed = await signer.ask("POST", "/v1/s2s/unseal", { challenge: CHALLENGE });
    expect(unsealed.body).toMatchObject({ state: "running", attestation: { platform: "simulated", binding: { challenge: CHALLENGE } } });
    expect((await ask()).status).toBe(200);
  });

  it("`valet-signer kill` needs neither HTTP nor the guardrails' leave", async () => {
    process.kill(signer.running.pid("http") ?? 0, "SIGSTOP");
    const wallet = signer.running.pid("wallet") ?? 0;
    const { status, stdout } = spawnSync(process.execPath, [CLI, "kill", "--folder", signer.folder, "--database", url], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, expect.stringContaining("its wallet process is gone")]);
    // Its parent, this process, has stood still meanwhile and has yet to hear of it.
    await expect.poll(() => isRunning(wallet)).toBe(false);
    process.kill(signer.running.pid("http") ?? 0, "SIGCONT");
    expect(await codeOf()).toBe("signer_killed");
    await signer.restart();
    expect(await codeOf()).toBe("signer_killed");
  });

  it("tells every connected client of a kill", async () => {
    const stream = await fetch(new URL("/v1/stream", signer.running.url), { headers: { authorization: `Bearer ${session.token}` } });
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await signer.ask("POST", "/v1/s2s/kill", { reason: "drill" });
    let heard = "";
    while (!heard.includes("system:killed")) heard += (await reader?.read())?.value ?? "";
    expect(heard).toContain('event: system:killed\ndata: {"reason":"drill"}');
    await reader?.cancel();
  });

  it("lets nobody listen without a token", async () => {
    expect((await fetch(new URL("/v1/stream", signer.running.url))).status).toBe(401);
  });

  it("kills one session for good, and leaves the others alone", async () => {
    const other = await openSession(signer, await prepare(signer));
    await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/kill`);
    expect(await codeOf()).toBe("session_killed");
    expect((await signer.ask("POST", `/v1/s2s/agent-sessions/${session.id}/resume`)).body.error?.code).toBe("session_killed");
    expect((await sign(signer, other, [ether(SHOP, 1n)], 1n)).status).toBe(200);
    await signer.ask("POST", "/v1/s2s/unseal", { challenge: CHALLENGE, sessions: [session.id] });
    expect((await ask()).status).toBe(200);
  });

  it("comes back by itself when a process dies that nobody has killed", async () => {
    process.kill(signer.running.pid("wallet") ?? 0, "SIGKILL");
    process.kill(signer.running.pid("http") ?? 0, "SIGKILL");
    await expect.poll(async () => ask().then(({ status }) => status, () => 0), { timeout: 20_000 }).toBe(200);
  });

  it("ends altogether when its guardrails die", async () => {
    process.kill(signer.running.pid("guardrails") ?? 0, "SIGKILL");
    await signer.running.ended;
    expect(signer.running.pid("wallet")).toBeUndefined();
  });

  it("stays sealed when the database is an old copy", async () => {
    const { seq } = await database.read(auditHead);
    for (let i = 0; i < 3; i++) await ask();
    // The anchor follows the log within a quarter of a second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await signer.running.stop();
    await database.write(async (transaction) => {
      await transaction.run("DELETE FROM reservations WHERE audit_seq > ?", seq);
      await transaction.run("DELETE FROM audit WHERE seq > ?", seq);
    });
    await signer.restart();
    expect(signer.running.halt).toMatchObject({ kind: "sealed", reason: expect.stringContaining("ends before the record that was anchored") });
    expect(await codeOf()).toBe("signer_sealed");
  });
});
