import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database } from "../src/storage/database.ts";
import { openDatabase } from "../src/storage/open.ts";
import { startPostgresServer } from "./postgresServer.ts";

/** A kind of database under test. Each `fresh` is an empty one, and its URL opens further replicas. */
export type TestDatabases = {
  fresh(): Promise<{ url: string; database: Database }>;
  stop(): Promise<void>;
};

export const KINDS = { sqlite: startSqlite, postgres: startPostgres } as const;

async function startSqlite(): Promise<TestDatabases> {
  const folder = mkdtempSync(join(tmpdir(), "signer-sqlite-"));
  let count = 0;
  return {
    async fresh() {
      const url = `sqlite:${join(folder, `${++count}.db`)}`;
      return { url, database: await openDatabase(url) };
    },
    stop: async () => rmSync(folder, { recursive: true }),
  };
}

async function startPostgres(): Promise<TestDatabases> {
  const server = await startPostgresServer();
  let count = 0;
  return {
    async fresh() {
      const url = await server.create(`signer_${++count}`);
      return { url, database: await openDatabase(url) };
    },
    stop: server.stop,
  };
}
