import { afterEach, expect, it } from "vitest";
import { type Database } from "../../src/storage/database.ts";
import { openDatabase } from "../../src/storage/open.ts";
import { UnsafeDatabaseError } from "../../src/storage/postgres.ts";
import { readState, writeState } from "../../src/storage/state.ts";
import { type PostgresServer, startPostgresServer } from "../postgresServer.ts";

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});
async function server(settings: Record<string, string>): Promise<PostgresServer & { address: string }> {
  const started = await startPostgresServer({ settings });
  ended.push(started.stop);
  return { ...started, address: await started.create("signer") };
}
async function open(url: string): Promise<Database> {
  const database = await openDatabase(url);
  ended.push(database.close);
  return database;
}

/** A server that confirms what is not on its disk, and takes its time to write it there. */
const LAZY = { synchronous_commit: "off", wal_writer_delay: "10s" };

it("keeps what it has confirmed when the server dies, though the server's own default would not", async () => {
  const { address, kill, restart } = await server(LAZY);
  const database = await open(address);
  for (let i = 1; i <= 20; i++) await database.write((tx) => writeState(tx, "count", String(i)));
  await kill();
  await restart();
  expect(await database.read((tx) => readState(tx, "count"))).toBe("20");
});

it("outlives a server that dies in the middle of a transaction, keeps nothing of it, and works with the next", async () => {
  const { address, kill, restart } = await server({});
  const database = await open(address);
  await expect(
    database.write(async (tx) => {
      await writeState(tx, "half", "1");
      await kill();
      await writeState(tx, "other half", "1");
    }),
  ).rejects.toMatchObject({ code: "database_unavailable" });
  await expect(database.read((tx) => readState(tx, "half"))).rejects.toMatchObject({ code: "database_unavailable" });
  await restart();
  expect(await database.read((tx) => readState(tx, "half"))).toBeUndefined();
  await database.write((tx) => writeState(tx, "half", "2"));
});

it("is found whole in a copy of the server's files at any moment", async () => {
  const { address, copy } = await server(LAZY);
  const database = await open(address);
  await database.write((tx) => writeState(tx, "before", "1"));
  const found = await startPostgresServer({ folder: await copy() });
  ended.push(found.stop);
  await database.write((tx) => writeState(tx, "after", "1"));
  const then = await open(found.url("signer"));
  expect(await then.read(async (tx) => [await readState(tx, "before"), await readState(tx, "after")])).toEqual(["1", undefined]);
});

it("does not trust a server that leaves what it confirms in the machine's memory", async () => {
  const { address } = await server({ fsync: "off" });
  await expect(openDatabase(address)).rejects.toThrow(UnsafeDatabaseError);
});
