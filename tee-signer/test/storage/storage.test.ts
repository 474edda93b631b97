import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AuditTail, auditHead, auditOf, GENESIS, verifyAudit } from "../../src/storage/auditLog.ts";
import { type Database } from "../../src/storage/database.ts";
import { openDatabase } from "../../src/storage/open.ts";
import { findReservation, insertReservation, type NewReservation, storeSignature } from "../../src/storage/reservations.ts";
import { readLatch, readState, setLatch, writeState } from "../../src/storage/state.ts";
import { KINDS, type TestDatabases } from "../databases.ts";

const wanted: NewReservation = {
  id: "r1",
  requester: "session",
  chainId: 1,
  entryPoint: "0xe1",
  sender: "0xa1",
  nonce: "7",
  userOpHash: "0x01",
  requestHash: "request",
  idempotencyKey: "key",
};

/** Reserves as signing does: look, record, write. */
const reserve = (on: Database, one: NewReservation): Promise<string> =>
  on.write(async (transaction) => {
    const found = await findReservation(transaction, one);
    if (found) return found.id;
    const tail = await AuditTail.of(transaction);
    const { seq } = await tail.append({ subject: one.requester, type: "reserved", at: 1 });
    await insertReservation(transaction, one, seq, 1);
    return one.id;
  });

describe.each(Object.entries(KINDS))("storage on %s", (_, start) => {
  let databases: TestDatabases;
  let url: string;
  let database: Database;
  beforeAll(async () => {
    databases = await start();
  });
  afterAll(() => databases.stop());
  beforeEach(async () => {
    ({ url, database } = await databases.fresh());
    return () => database.close();
  });

  it("keeps nothing of a transaction that fails", async () => {
    await expect(
      database.write(async (transaction) => {
        await writeState(transaction, "a", "1");
        throw new Error("half way");
      }),
    ).rejects.toThrow("half way");
    expect(await database.read((tx) => readState(tx, "a"))).toBeUndefined();
  });

  it("is still there after closing and opening, and says again that it is killed", async () => {
    await database.write((tx) => setLatch(tx, { at: 5, reason: "drill" }));
    const other = await openDatabase(url);
    expect(await other.read(readLatch)).toEqual({ at: 5, reason: "drill" });
    await other.write((tx) => setLatch(tx, undefined));
    expect(await database.read(readLatch)).toBeUndefined();
    await other.close();
  });

  it("answers the same request with the same reservation, and its signature once there is one", async () => {
    await reserve(database, wanted);
    expect(await reserve(database, { ...wanted, id: "r2" })).toBe("r1");
    await database.write((tx) => storeSignature(tx, "r1", "0xsig"));
    const found = await database.read((tx) => findReservation(tx, wanted));
    expect(found).toMatchObject({ id: "r1", signature: "0xsig", auditSeq: 1 });
  });

  it.each([
    ["the idempotency key for another request", { requestHash: "other", nonce: "8" }, "idempotency_conflict"],
    ["the nonce for another operation", { requestHash: "other", idempotencyKey: undefined }, "nonce_already_signed"],
    ["the nonce in another session", { requester: "another" }, "nonce_already_signed"],
  ])("refuses %s", async (_title, change, code) => {
    await reserve(database, wanted);
    await expect(reserve(database, { ...wanted, ...change, id: "r2" })).rejects.toMatchObject({ code });
  });

  it.each([
    ["chain", { chainId: 2 }],
    ["EntryPoint", { entryPoint: "0xe2" }],
    ["sender", { sender: "0xa2" }],
    ["nonce", { nonce: "8" }],
  ])("takes another %s for another operation", async (_title, change) => {
    await reserve(database, wanted);
    expect(await reserve(database, { ...wanted, ...change, id: "r2", requestHash: "other", idempotencyKey: undefined })).toBe("r2");
  });

  it("reserves a nonce once, however many ask at the same time on two replicas", async () => {
    const other = await openDatabase(url);
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (__, i) =>
        reserve(i % 2 ? database : other, { ...wanted, id: `r${i}`, requestHash: `request ${i}`, idempotencyKey: undefined }),
      ),
    );
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect((await verifyAudit(database)).head.seq).toBe(1);
    await other.close();
  });

  it("counts exactly when two replicas add at the same time", async () => {
    const other = await openDatabase(url);
    const add = (on: Database): Promise<void> =>
      on.write(async (transaction) => {
        const count = Number((await readState(transaction, "count")) ?? "0");
        await writeState(transaction, "count", String(count + 1));
      });
    await Promise.all(Array.from({ length: 100 }, (__, i) => add(i % 2 ? database : other)));
    expect(await database.read((tx) => readState(tx, "count"))).toBe("100");
    await other.close();
  });

  describe("the audit log", () => {
    const append = (subject: string, at: number): Promise<unknown> =>
      database.write(async (transaction) => (await AuditTail.of(transaction)).append({ subject, type: "event", at }));

    it("chains every record to the one before", async () => {
      for (const at of [1, 2, 3]) await append("s", at);
      const { head, fault } = await verifyAudit(database);
      expect(fault).toBeUndefined();
      expect(head).toEqual(await database.read(auditHead));
      expect(head.seq).toBe(3);
    });

    it("is empty at first", async () => {
      expect(await verifyAudit(database)).toEqual({ head: GENESIS });
    });

    it("gives the records of one subject in pages", async () => {
      for (const at of [1, 2, 3]) await append(at === 2 ? "other" : "s", at);
      const first = await database.read((tx) => auditOf(tx, "s", 0, 1));
      expect(first.map((one) => one.entry.at)).toEqual([1]);
      const rest = await database.read((tx) => auditOf(tx, "s", first[0]?.seq ?? 0, 10));
      expect(rest.map((one) => one.entry.at)).toEqual([3]);
    });

    it.each([
      ["changed", "UPDATE audit SET body = '{}' WHERE seq = 2", 2, "changed"],
      ["missing", "DELETE FROM audit WHERE seq = 2", 2, "missing"],
    ])("notices a record that is %s", async (_title, sql, seq, reason) => {
      for (const at of [1, 2, 3]) await append("s", at);
      await database.write((tx) => tx.run(sql));
      expect((await verifyAudit(database)).fault).toMatchObject({ seq, reason: expect.stringContaining(reason) });
    });

    it("notices that the database is older than what was anchored", async () => {
      for (const at of [1, 2, 3]) await append("s", at);
      const anchor = await database.read(auditHead);
      await database.write((tx) => tx.run("DELETE FROM audit WHERE seq = 3"));
      expect((await verifyAudit(database, anchor)).fault).toMatchObject({ seq: 3 });
    });

    it("notices that history went another way since the anchor", async () => {
      await append("s", 1);
      const anchor = { seq: 1, hash: "f".repeat(64) };
      expect((await verifyAudit(database, anchor)).fault).toMatchObject({ seq: 1 });
    });
  });
});
