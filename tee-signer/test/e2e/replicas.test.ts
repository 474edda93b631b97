import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { verifyAudit } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { KINDS, type TestDatabases } from "../databases.ts";
import { bodyOf, ether, sessionOperation, SHOP } from "../operations.ts";
import { openSession, prepare, type Prepared, type TestSession } from "../prepared.ts";
import { type Answer, copyKeys, startTestSigner, type TestSigner } from "../signer.ts";

const CHALLENGE = `0x${"11".repeat(32)}`;
/** Operations that a session of these tests has money for. */
const AFFORDABLE = 10;

/** Two signers on one Postgres, with the same sealed keys. */
describe("replicas", () => {
  let databases: TestDatabases;
  let database: Database;
  let first: TestSigner;
  let second: TestSigner;
  let prepared: Prepared;
  let session: TestSession;
  let sequence = 0n;
  beforeAll(async () => {
    databases = await KINDS.postgres();
    const { url, ...fresh } = await databases.fresh();
    database = fresh.database;
    first = await startTestSigner({ database: url });
    prepared = await prepare(first);
    second = await startTestSigner({ database: url }, first);
  });
  afterAll(async () => {
    await second?.stop();
    await first?.stop();
    await database?.close();
    await databases?.stop();
  });
  const open = async (): Promise<TestSession> => {
    const opened = await openSession(first, prepared);
    copyKeys(first.folder, second.folder);
    return opened;
  };
  beforeEach(async () => {
    session = await open();
  });
  const operation = (value = 0n, nonce = ++sequence, of = session): unknown => bodyOf(sessionOperation(of.sender, of.key, [ether(SHOP, value)], { sequence: nonce }));
  const ask = (replica: TestSigner, body: unknown, idempotencyKey?: string, { token } = session): Promise<Answer> =>
    replica.ask("POST", "/v1/agent/user-operations", body, token, idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey });
  /** Asks the replicas by turns, all at once. */
  const askBoth = (bodies: readonly unknown[], idempotencyKey?: (index: number) => string): Promise<Answer[]> =>
    Promise.all(bodies.map((body, index) => ask(index % 2 === 0 ? first : second, body, idempotencyKey?.(index))));
  const results = (answers: readonly Answer[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { status, body } of answers) counts[body.error?.code ?? status] = (counts[body.error?.code ?? status] ?? 0) + 1;
    return counts;
  };
  const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const seenBy = async (replica: TestSigner): Promise<unknown> => (await replica.ask("GET", "/v1/agent/session", undefined, session.token)).body;
  const SPENT_OUT = { spent_native: "10000000", operations: AFFORDABLE };

  it("share a cap exactly", async () => {
    const answers = await askBoth(times(40, () => operation()));
    expect(results(answers)).toEqual({ 200: AFFORDABLE, native_total_exceeded: 30 });
    expect(await seenBy(first)).toMatchObject(SPENT_OUT);
    expect(await seenBy(second)).toMatchObject(SPENT_OUT);
  });

  it("share a cap exactly when every operation is asked of both at once, under one idempotency key", async () => {
    const bodies = times(20, () => operation());
    const answers = await askBoth(times(40, (index) => bodies[index >> 1]), (index) => `key ${index >> 1}`);
    expect(results(answers)).toEqual({ 200: 2 * AFFORDABLE, native_total_exceeded: 20 });
    const signed = answers.filter(({ status }) => status === 200).map(({ body }) => `${body["reservation"]} ${body["signature"]}`);
    expect(new Set(signed).size).toBe(AFFORDABLE);
    expect(await seenBy(second)).toMatchObject(SPENT_OUT);
  });

  it("sign one operation of all that bring the same idempotency key", async () => {
    const answers = await askBoth(times(20, () => operation()), () => "once");
    expect(results(answers)).toEqual({ 200: 1, idempotency_conflict: 19 });
    expect(await seenBy(first)).toMatchObject({ operations: 1 });
  });

  it("sign one operation for a nonce, whatever session asks which of them", async () => {
    const other = await open();
    const nonce = ++sequence;
    const answers = await Promise.all(
      times(20, (index) => {
        const of = index % 4 < 2 ? session : other;
        return ask(index % 2 === 0 ? first : second, operation(BigInt(index), nonce, of), undefined, of);
      }),
    );
    expect(results(answers)).toEqual({ 200: 1, nonce_already_signed: 19 });
  });

  it("know at the next request what was decided at the other", async () => {
    const decide = (what: string) => first.ask("POST", `/v1/s2s/agent-sessions/${session.id}/${what}`);
    expect((await ask(second, operation())).status).toBe(200);
    await decide("pause");
    expect((await ask(second, operation())).body.error?.code).toBe("session_paused");
    await decide("resume");
    expect((await ask(second, operation())).status).toBe(200);
    await decide("revoke");
    expect((await ask(second, operation())).body.error?.code).toBe("session_revoked");
  });

  /** Has the second replica reserve operations that it cannot sign: its wallet process stands still. */
  const reserveAtSecond = async (bodies: readonly unknown[]): Promise<Promise<Answer | undefined>[]> => {
    process.kill(second.running.pid("wallet") ?? 0, "SIGSTOP");
    const pending = bodies.map((body) => ask(second, body).catch(() => undefined));
    await expect.poll(() => seenBy(first)).toMatchObject({ operations: bodies.length });
    return pending;
  };

  it("count what one had reserved when it died, and sign it for who asks the other", async () => {
    const bodies = times(4, () => operation());
    const pending = await reserveAtSecond(bodies);
    process.kill(second.running.pid("guardrails") ?? 0, "SIGKILL");
    await second.running.ended;
    expect(await Promise.all(pending)).not.toContainEqual(expect.objectContaining({ status: 200 }));

    expect(results(await Promise.all(bodies.map((body) => ask(first, body))))).toEqual({ 200: 4 });
    expect(await seenBy(first)).toMatchObject({ operations: 4 });
    await second.restart();
    expect(results(await askBoth(times(20, () => operation())))).toEqual({ 200: AFFORDABLE - 4, native_total_exceeded: 10 + 4 });
  });

  it("lose nothing and exceed nothing when one dies in the middle of a burst", async () => {
    const bodies = times(40, () => operation());
    const pending = bodies.map((body, index) => ask(index % 2 === 0 ? first : second, body).catch(() => undefined));
    await Promise.race(pending);
    process.kill(second.running.pid("guardrails") ?? 0, "SIGKILL");
    const early = await Promise.all(pending);
    const again = await Promise.all(bodies.map((body) => ask(first, body)));
    expect(results(again)).toEqual({ 200: AFFORDABLE, native_total_exceeded: 30 });
    early.forEach((answer, index) => {
      if (answer?.status === 200) expect(again[index]?.body).toEqual(answer.body);
    });
    await second.running.ended;
    await second.restart();
  });

  it("give out no signature after a kill at the other, even one that was on its way", async () => {
    const [pending] = await reserveAtSecond([operation()]);
    await first.ask("POST", "/v1/s2s/kill", { reason: "drill" });
    process.kill(second.running.pid("wallet") ?? 0, "SIGCONT");
    expect(["signer_killed", "wallet_unavailable"]).toContain((await pending)?.body.error?.code);
    expect((await ask(second, operation())).body.error?.code).toBe("signer_killed");
    await expect.poll(() => second.running.pid("wallet"), { timeout: 5_000 }).toBeUndefined();

    // Each by itself: the evidence is of one machine.
    const unseal = (replica: TestSigner) => replica.ask("POST", "/v1/s2s/unseal", { challenge: CHALLENGE });
    expect((await unseal(first)).status).toBe(200);
    expect([(await ask(first, operation())).status, (await ask(second, operation())).body.error?.code]).toEqual([200, "signer_killed"]);
    expect((await unseal(second)).status).toBe(200);
    expect((await ask(second, operation())).status).toBe(200);
  });

  it("have written one log between them, which nothing broke", async () => {
    expect((await verifyAudit(database)).fault).toBeUndefined();
  });
});
