import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Batcher } from "../../src/guardrails/batcher.ts";
import { type Context } from "../../src/guardrails/context.ts";
import { checkDead, MARGIN, releaseReservation } from "../../src/guardrails/releaseVerbs.ts";
import { ownerRules } from "../../src/protocol/owner.ts";
import { sessionPolicy } from "../../src/protocol/session.ts";
import { AuditTail, auditOf, verifyAudit } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { findReservationById, insertReservation } from "../../src/storage/reservations.ts";
import { findSession, insertSession } from "../../src/storage/sessions.ts";
import { insertWallet } from "../../src/storage/wallets.ts";
import { KINDS, type TestDatabases } from "../databases.ts";

const UNTIL = 1_000_000n;
const LATER = Number(UNTIL) + MARGIN + 1;
const KEY = 7n << 64n;
const NONCE = KEY | 5n;
const HASH = `0x${"ab".repeat(32)}` as const;
const block = (change: object = {}) => ({ number: 1n, hash: HASH, timestamp: LATER, nonce: NONCE, ...change });

describe("an operation is dead", () => {
  const check = (change: object = {}, now = LATER) => checkDead({ validUntil: UNTIL, nonce: NONCE }, block(change), now);

  it.each([NONCE, KEY])("when its nonce is unused a margin after its window: %s", (nonce) => {
    expect(() => check({ nonce })).not.toThrow();
  });

  it.each([
    ["the margin is not over", { timestamp: LATER - 1 }, LATER],
    ["the block is of the future", {}, LATER - 1],
    ["its nonce is used", { nonce: NONCE + 1n }, LATER],
    ["the nonce is of another key", { nonce: 6n << 64n }, LATER],
  ])("but not when %s", (_title, change, now) => {
    expect(() => check(change, now)).toThrow(expect.objectContaining({ code: "not_proven_dead" }));
  });
});

describe.each(Object.entries(KINDS))("a release, on %s", (_, start) => {
  let databases: TestDatabases;
  let database: Database;
  let context: Context;
  beforeAll(async () => {
    databases = await start();
    ({ database } = await databases.fresh());
    context = { database, batcher: new Batcher(database) } as unknown as Context;
    await database.write(async (transaction) => {
      const wallet = { name: "w", mode: "tee", status: "active", address: undefined, keyRef: undefined, ownerRules: ownerRules.parse({}), createdAt: 1 } as const;
      await insertWallet(transaction, { ...wallet, id: "wallet" });
      await insertWallet(transaction, { ...wallet, id: "other" });
      const policy = sessionPolicy.parse({ allowed_chains: [1] });
      const spent = { native: "70", tokens: { "1:0xe1": "9" }, operations: 2 };
      await insertSession(transaction, { id: "session", walletId: "wallet", smartAccountId: undefined, tokenHash: "t", status: "active", policy, spent, keyRef: "k", keyAddress: "0x01", runId: "r", parentRunId: undefined, createdAt: 1, expiresAt: 2 });
      const record = { subject: "session", type: "signUserOperation.reserved", at: 1, reservation: "dead", native: "30", tokens: { "0xe1": "4" }, chain: 1, valid_until: String(UNTIL) };
      const { seq } = await (await AuditTail.of(transaction)).append(record);
      const wanted = { id: "dead", requester: "session", chainId: 1, entryPoint: "0x0e", sender: "0x0a", nonce: String(NONCE), userOpHash: "0x01", requestHash: "0x02", idempotencyKey: undefined };
      await insertReservation(transaction, wanted, seq, 1);
    });
  });
  afterAll(async () => {
    await database?.close();
    await databases?.stop();
  });
  const release = (wallet = "wallet", change: object = {}) =>
    releaseReservation(context, { params: { wallet }, query: {}, body: { reservation: "dead", finalized: { number: "1", hash: HASH, timestamp: LATER, nonce: String(NONCE), ...change } } }, LATER * 1000);
  const spent = async () => (await database.read((transaction) => findSession(transaction, "session")))?.spent;

  it("gives nothing back to another wallet's owner, or without proof", async () => {
    await expect(release("other")).rejects.toMatchObject({ code: "not_found" });
    await expect(release("wallet", { nonce: String(NONCE + 1n) })).rejects.toMatchObject({ code: "not_proven_dead" });
    expect(await spent()).toMatchObject({ native: "70" });
  });

  it("gives back exactly what was reserved, once, and says so in the log", async () => {
    expect(await release()).toEqual({ reservation: "dead", spent_native: "40" });
    expect(await spent()).toEqual({ native: "40", tokens: { "1:0xe1": "5" }, operations: 2 });
    await expect(release()).rejects.toMatchObject({ code: "not_found" });
    expect(await database.read((transaction) => findReservationById(transaction, "dead"))).toBeUndefined();
    const records = await database.read((transaction) => auditOf(transaction, "session", 0, 10));
    expect(records.at(-1)?.entry).toMatchObject({ type: "reservation.released", reservation: "dead", native: "30", finalized: { hash: HASH, timestamp: LATER } });
    expect((await verifyAudit(database)).fault).toBeUndefined();
  });
});
