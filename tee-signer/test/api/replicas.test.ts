import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningSigner, startSigner } from "../../src/supervisor/supervisor.ts";
import { KINDS, type TestDatabases } from "../databases.ts";
import { bodyOf, ether, sessionOperation, SHOP } from "../operations.ts";
import { openSession, prepare, sign, type TestSession } from "../prepared.ts";
import { startTestSigner, type TestSigner } from "../signer.ts";

let databases: TestDatabases;
let first: TestSigner;
let second: RunningSigner;
let session: TestSession;
const folder = mkdtempSync(join(tmpdir(), "replica-"));

/** Two signers on one Postgres, with the same sealed keys. */
beforeAll(async () => {
  databases = await KINDS.postgres();
  const { url, database } = await databases.fresh();
  await database.close();
  first = await startTestSigner({ database: url });
  session = await openSession(first, await prepare(first));
  for (const name of ["keys", "simulator"]) cpSync(join(first.folder, name), join(folder, name), { recursive: true });
  second = await startSigner({ folder, database: url });
});
afterAll(async () => {
  await second?.stop();
  await first?.stop();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const signSecond = async (sequence: bigint): Promise<{ status: number; code: string | undefined; signature: unknown }> => {
  const response = await fetch(new URL("/v1/agent/user-operations", second.url), {
    method: "POST",
    headers: { authorization: `Bearer ${session.token}`, "content-type": "application/json" },
    body: JSON.stringify(bodyOf(sessionOperation(session.sender, session.key, [ether(SHOP, 0n)], { sequence }))),
  });
  const body = (await response.json()) as { signature?: string; error?: { code: string } };
  return { status: response.status, code: body.error?.code, signature: body.signature };
};

it("share a cap exactly", async () => {
  const statuses = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => (i % 2 ? (await signSecond(BigInt(i + 1))).status : (await sign(first, session, [ether(SHOP, 0n)], BigInt(i + 1))).status)),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect((await first.ask("GET", "/v1/agent/session", undefined, session.token)).body).toMatchObject({ spent_native: "10000000", operations: 10 });
});

it("stop together when one is killed", async () => {
  await first.ask("POST", "/v1/s2s/kill", { reason: "drill" });
  expect(await signSecond(100n)).toMatchObject({ status: 423, code: "signer_killed" });
  await expect.poll(() => second.pid("wallet"), { timeout: 5_000 }).toBeUndefined();
});
