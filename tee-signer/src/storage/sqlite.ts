import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { type Database, type Row, type Transaction } from "./database.ts";
import { queue } from "./queue.ts";
import { SCHEMA } from "./schema.ts";

/** How long to wait for another process, such as `valet-signer kill`, to finish its transaction. */
const BUSY_MS = 5_000;
const RETRY_MS = 1;
const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

/**
 * SQLite in a file, embedded. `synchronous=FULL` with a write-ahead log: a commit that returned has reached the disk.
 */
export function openSqlite(path: string): Database {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON`);
  for (const statement of SCHEMA) database.exec(statement);
  // From here on a lock is waited for without holding up this process: see `begin`.
  database.exec("PRAGMA busy_timeout = 0");

  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const transaction: Transaction = {
    all: async (sql, ...values) => prepare(sql).all(...values) as Row[],
    run: async (sql, ...values) => {
      prepare(sql).run(...values);
    },
  };
  // One connection: what is asked while a transaction is open waits for its end.
  const inTurn = queue();
  const begin = async (how: string): Promise<void> => {
    for (const deadline = Date.now() + BUSY_MS; ; await sleep(RETRY_MS)) {
      try {
        return database.exec(how);
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error;
      }
    }
  };
  const within = async <T>(how: string, work: (it: Transaction) => Promise<T>): Promise<T> => {
    await begin(how);
    try {
      const result = await work(transaction);
      database.exec("COMMIT");
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
  return {
    kind: "sqlite",
    // IMMEDIATE: takes the write lock at once, so that nothing read here is outdated when it is written.
    write: (work) => inTurn(() => within("BEGIN IMMEDIATE", work)),
    read: (work) => inTurn(() => within("BEGIN", work)),
    close: () => inTurn(async () => database.close()),
  };
}
